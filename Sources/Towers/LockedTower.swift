public import Augmentations
public import Autodiff
public import Failures
import Foundation
public import Storage
public import Tensors

/// A tower whose weights stay as they are: it makes one row of features of each picture or caption, to be projected.
public struct LockedTower: ~Copyable {
    private enum Kind {
        case image(VisionTower)
        case text(TextTower)
    }

    /// Which tower of its model it is.
    public let side: TowerSide
    /// Length of a row of features.
    public let featureWidth: Int
    /// Tells its features from those of other towers.
    public let fingerprint: Fingerprint
    /// Parameters of the tower.
    public let parameterCount: Int
    private let kind: Kind
    private let store: ParameterStore
    private var tape: Tape

    /// Reads one tower of a model from `folder`: the one that it came from, or a folder of the whole model.
    ///
    /// - Throws: `.missingInput`, `.badData`, or `.badSettings` that names a tensor which is missing, unexpected or of
    ///   another shape.
    public init(
        _ side: TowerSide, of towers: DualEncoder, _ preprocessing: Preprocessing, from folder: String
    ) throws(Failure) {
        let plan = towers.plan, files = try TowerFolder(folder, config: towers.config(of: side))
        var store = ParameterStore()
        let kind: Kind =
            switch side {
            case .image: .image(VisionTower(side.prefix, plan.vision, in: &store))
            case .text: .text(TextTower(side.prefix, plan.text, in: &store))
            }
        var tape = Tape(parameters: ModelFolder.blank(store), seed: 0)
        switch kind {
        case .image(let tower): try files.read(tower, store, into: &tape)
        case .text(let tower): try files.read(tower, store, into: &tape)
        }
        let fingerprint = try tape.readParameters { (weights) throws(Failure) in
            try towers.fingerprint(of: side, preprocessing, weights: weights)
        }
        featureWidth = plan.featureWidth(side)
        parameterCount = store.count
        self.fingerprint = fingerprint
        (self.side, self.kind, self.store) = (side, kind, store)
        tape.fixParameters()
        self.tape = tape
    }

    /// The features `[batch, featureWidth]` of pictures. `write` fills `[batch·patches, 3·patchSize²]`.
    public mutating func features(
        batch: Int, plan: ModelPlan, patches write: (inout MutableSpan<Float>) -> Void
    ) -> [Float] {
        guard case .image(let tower) = kind else { preconditionFailure("a caption tower sees no picture") }
        tape.begin(recording: false)
        let patches = tape.input([batch * plan.patches, plan.patchWidth], write)
        return floats(of: tower.encode(patches: patches, batch: batch, on: &tape))
    }

    /// The features `[captions, featureWidth]` of captions as packed tokens.
    public mutating func features(tokens: [Int32], segments: Segments) -> [Float] {
        guard case .text(let tower) = kind else { preconditionFailure("a picture tower reads no caption") }
        tape.begin(recording: false)
        return floats(of: tower.encode(tokens: tokens, segments, on: &tape))
    }

    private func floats(of tensor: Tensor) -> [Float] {
        tape.read(tensor) { floats in floats.indices.map { floats[$0] } }
    }

    /// Puts the weights that lie in one folder of a model into another: the same file under a second name, where the disk
    /// can do that.
    ///
    /// - Throws: `.cannotWrite`.
    public static func linkWeights(of side: TowerSide, from folder: String, to other: String) throws(Failure) {
        let source = "\(folder)/\(side.weightsFile)", target = "\(other)/\(side.weightsFile)"
        let manager = FileManager.default
        guard !manager.fileExists(atPath: target) else { return }
        try AtomicFile.makeFolder(other)
        if (try? manager.linkItem(atPath: source, toPath: target)) != nil { return }
        let weights = try MappedFile(source)
        try AtomicFile.write(to: target) { (file) throws(Failure) in
            try weights.read { (bytes) throws(Failure) in try file.append(bytes) }
        }
    }

    /// Writes the weights into the folder of a whole model, as a file of their own.
    ///
    /// - Throws: `.cannotWrite`.
    public func write(to folder: String) throws(Failure) {
        var shapes: [String: [Int]] = [:]
        if case .image(let tower) = kind { shapes = tower.fileShapes }
        let parts = store.parameters.map {
            Safetensors.Part($0.name, shapes[$0.name] ?? $0.tensor.shape.axes, at: $0.tensor.range)
        }
        try AtomicFile.makeFolder(folder)
        try tape.readParameters { (floats) throws(Failure) in
            try Safetensors.write(parts, of: floats, to: "\(folder)/\(side.weightsFile)")
        }
    }
}

extension Model {
    /// Reads the weights of a tower that is not locked from a folder that it was trained in; `store` declared the model,
    /// and `tape` was made from it.
    ///
    /// - Throws: `.missingInput`, `.badData`, or `.badSettings` that names a tensor which is missing, unexpected or of
    ///   another shape.
    public func readTower(
        _ side: TowerSide, of towers: DualEncoder, from folder: String, _ store: ParameterStore, into tape: inout Tape
    ) throws(Failure) {
        let files = try TowerFolder(folder, config: towers.config(of: side))
        if side == .image, let vision { try files.read(vision, store, into: &tape, beginning: true) }
        if side == .text, let text { try files.read(text, store, into: &tape, beginning: true) }
    }
}
