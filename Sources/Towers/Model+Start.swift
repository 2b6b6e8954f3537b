public import Autodiff
public import Failures
import Foundation
import Layers

/// Starting from the weights of another run.
extension Model {
    /// Gives towers the weights that those of another run have: `folder` holds a whole model, CLIP's pair or two towers of any
    /// origin, or one tower alone. `store` declared the model, and `tape` was made from it.
    ///
    /// Towers must be alike, but for the side of pictures, to which positions are resized, and for pooling: where the run
    /// learnt none, the model's own begins anew.
    ///
    /// - Throws: `.missingInput`, `.badData`, or `.badSettings` that names the setting in which they differ, what was found
    ///   and what is expected.
    public func readTowers(
        _ sides: Set<TowerSide>, ofRun folder: String, _ store: ParameterStore, into tape: inout Tape
    ) throws(Failure) {
        for side in TowerSide.allCases where sides.contains(side) {
            let files = try TowerFolder(folder, of: side)
            switch side {
            case .image:
                guard let vision else { preconditionFailure("the model has no picture tower of its own") }
                try compare(files.visionPlan().shape, vision.plan.shape, "picture tower", folder)
                try files.read(vision, store, into: &tape, beginning: true)
            case .text:
                guard let text else { preconditionFailure("the model has no text tower of its own") }
                try compare(files.textPlan().shape, text.plan.shape, "text tower", folder)
                try files.read(text, store, into: &tape, beginning: true)
            }
        }
    }

    private func compare(
        _ found: [TowerSetting], _ expected: [TowerSetting], _ tower: String, _ folder: String
    ) throws(Failure) {
        for (found, expected) in zip(found, expected) where found.value != expected.value {
            throw Failure(
                .badSettings, "cannot start from run", at: folder,
                because: "\(expected.name) of its \(tower): found \(found.value), expected \(expected.value)",
                try: "give a run of the same model, or make the model as that run's was")
        }
    }
}

extension TowerFolder {
    /// Opens the folder of one tower, or of a model that has such a one.
    ///
    /// - Throws: `.missingInput`, or `.badSettings` where the architecture is not known.
    init(_ path: String, of side: TowerSide) throws(Failure) {
        let path = try Self.prepared(path), file = "\(path)/\(ModelFolder.configFile)"
        guard FileManager.default.fileExists(atPath: file) else {
            try self.init(path)
            return
        }
        let json = try decoded(JSON.self, from: jsonFile(file), named: file)
        guard json["model_type"] == .string(DualEncoder.modelType) else {
            try self.init(path)
            return
        }
        let towers = try DualEncoder(json, named: file)
        let own = TowerConfig.Own(
            image_pooling: side == .image ? towers.plan.vision.pooling : nil,
            text_pooling: side == .text ? towers.plan.text.pooling : nil)
        try self.init(path, config: towers.config(of: side).saying(own))
    }
}

/// One setting that two towers must share to have the same weights, in words.
struct TowerSetting: Equatable {
    let name, value: String

    init(_ name: String, _ value: some CustomStringConvertible) { (self.name, self.value) = (name, "\(value)") }
}

extension BlockSettings {
    /// What decides the weights of the blocks and what they compute.
    fileprivate var shape: [TowerSetting] {
        [
            TowerSetting("the names", "\(names.blocks).0.\(names.query)"), TowerSetting("width", width),
            TowerSetting("heads", heads), TowerSetting("layers", layers),
            TowerSetting("width of the hidden layer", hiddenWidth), TowerSetting("causal mask", causal),
            TowerSetting("activation", "\(activation)"), TowerSetting("epsilon of the norms", epsilon),
            TowerSetting("norms", "\(normPlace) attention"), TowerSetting("scale of columns", names.scale1 != nil),
        ]
    }
}

extension VisionPlan {
    fileprivate var shape: [TowerSetting] {
        blocks.shape + [
            TowerSetting("patch size", patchSize), TowerSetting("class token", names.classToken != nil),
            TowerSetting("registers", registers), TowerSetting("bias of patches", hasPatchBias),
        ]
    }
}

extension TextPlan {
    fileprivate var shape: [TowerSetting] {
        blocks.shape + [
            TowerSetting("context length", contextLength), TowerSetting("size of the vocabulary", vocabSize),
            TowerSetting("kinds of segments", segmentKinds),
        ]
    }
}
