import Augmentations
import Autodiff
import Failures
import Foundation
import Layers

/// A tower that was trained elsewhere, in a folder as transformers writes them: `config.json` and `model.safetensors`; or in
/// one of open_clip's.
struct TowerFolder: ~Copyable {
    let path: String
    let config: TowerConfig
    let architecture: TowerArchitecture
    /// What an `open_clip_config.json` says, where there is no other.
    private let openCLIP: ModelConfiguration?

    /// Opens the folder, as far as its settings go.
    ///
    /// - Throws: `.missingInput`, or `.badSettings` where the architecture is not known.
    init(_ path: String) throws(Failure) {
        let path = try Self.prepared(path), file = "\(path)/\(ModelFolder.configFile)"
        let openCLIP = "\(path)/\(ModelFolder.openCLIPFile)"
        if !FileManager.default.fileExists(atPath: file), FileManager.default.fileExists(atPath: openCLIP) {
            let model = try ModelConfiguration(file: openCLIP)
            let config = HuggingFaceConfiguration(model, startToken: nil, endToken: nil)
            try self.init(
                path, config: TowerConfig(json: JSON(encoding: config, named: openCLIP), place: openCLIP),
                openCLIP: model)
            return
        }
        try self.init(
            path, config: TowerConfig(json: try decoded(JSON.self, from: jsonFile(file), named: file), place: file))
    }

    /// The folder of a tower whose settings are known.
    ///
    /// - Throws: `.badSettings` where the architecture is not known.
    init(_ path: String, config: TowerConfig, openCLIP: ModelConfiguration? = nil) throws(Failure) {
        guard let architecture = TowerArchitecture.named(config.modelType) else {
            let known = TowerArchitecture.all.flatMap(\.modelTypes).joined(separator: ", ")
            throw .settings(config.place, "model_type is \(config.modelType ?? "missing"), expected one of \(known)")
        }
        (self.path, self.config, self.architecture, self.openCLIP) = (path, config, architecture, openCLIP)
    }

    /// The shape of the folder's picture tower.
    ///
    /// - Throws: `.badSettings` where it has none.
    func visionPlan() throws(Failure) -> VisionPlan {
        guard let vision = architecture.vision else { throw lacks("picture") }
        var plan = try vision(config)
        if let openCLIP { plan.pooling = openCLIP.plan.vision.pooling }
        if let own = try config.own() { plan.pooling = own.image_pooling ?? plan.pooling }
        return plan
    }

    /// The shape of the folder's text tower.
    ///
    /// - Throws: `.badSettings` where it has none.
    func textPlan() throws(Failure) -> TextPlan {
        guard let text = architecture.text else { throw lacks("text") }
        var plan = try text(config)
        if let own = try config.own() { plan.pooling = own.text_pooling ?? plan.pooling }
        return plan
    }

    /// Reads the weights of the folder's picture tower into a tape; `store` declared them behind `Model.visionPrefix`. Where
    /// the tower goes on learning, attention pooling that its folder does not have is `beginning`: it stays as it was drawn.
    ///
    /// - Throws: `.missingInput`, `.badData`, or `.badSettings` that names a tensor which is missing, unexpected or of
    ///   another shape.
    func read(
        _ tower: VisionTower, _ store: ParameterStore, into tape: inout Tape, beginning: Bool = false
    ) throws(Failure) {
        let isOwn = beginning && tower.plan.names.head == nil
        try TowerWeights(WeightFiles(folder: path), architecture, prefix: Model.visionPrefix).read(
            into: &tape, store, prefix: Model.visionPrefix, fileShapes: tower.fileShapes,
            positions: tower.plan.names.positions, blocks: tower.plan.blocks,
            beginning: isOwn ? "\(VisionPlan.ownHead)." : nil)
    }

    /// Reads the weights of the folder's text tower into a tape; `store` declared them behind `Model.textPrefix`.
    ///
    /// - Throws: as for the picture tower.
    func read(
        _ tower: TextTower, _ store: ParameterStore, into tape: inout Tape, beginning: Bool = false
    ) throws(Failure) {
        try TowerWeights(WeightFiles(folder: path), architecture, prefix: Model.textPrefix).read(
            into: &tape, store, prefix: Model.textPrefix, fileShapes: [:], positions: nil, blocks: tower.plan.blocks,
            beginning: beginning ? TextTower.queryName : nil)
    }

    /// How a picture becomes what the folder's picture tower sees.
    ///
    /// - Throws: `.missingInput`, or `.badSettings` where the file asks for what is not known here.
    func preprocessing() throws(Failure) -> Preprocessing {
        if openCLIP != nil { return try ModelSettings(folder: path).preprocessing }
        if let exact = try config.own()?.preprocess_cfg { return exact }
        let file = "\(path)/\(ModelFolder.preprocessorFile)"
        return try decoded(PreprocessorConfig.self, from: jsonFile(file), named: file).preprocessing
    }

    /// The folder itself, or what the recipe beside it in `models/` made of it.
    static func prepared(_ path: String) throws(Failure) -> String {
        func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
        let descriptions = [ModelFolder.configFile, ModelFolder.openCLIPFile]
        if descriptions.contains(where: exists) { return path }
        if descriptions.contains(where: { exists("prepared/\($0)") }) { return "\(path)/prepared" }
        guard exists("prepare") else { return path }
        throw Failure(
            .missingInput, "cannot open tower", at: path, because: "it is not prepared yet",
            try: "run \(path)/prepare first")
    }

    private func lacks(_ tower: String) -> Failure {
        .settings(config.place, "model_type \(config.modelType ?? "") has no \(tower) tower")
    }
}
