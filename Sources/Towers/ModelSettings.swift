public import Augmentations
public import Failures
import Foundation

/// What a model folder says beside its weights and its tokenizer.
public struct ModelSettings: Sendable, Equatable {
    /// How the towers are described.
    public var model: ModelDescription
    /// How a picture becomes the pixels that the model knows.
    public var preprocessing: Preprocessing

    /// The settings of a model.
    ///
    /// - Throws: `.badSettings` where the towers and the pixels do not fit each other.
    public init(model: ModelDescription, preprocessing: Preprocessing) throws(Failure) {
        try self.init(model, preprocessing, named: "settings")
    }

    private init(_ model: ModelDescription, _ preprocessing: Preprocessing, named place: String) throws(Failure) {
        (self.model, self.preprocessing) = (model, preprocessing)
        // A dual encoder was checked when it was made.
        if case .clip(let configuration) = model { try configuration.check(named: place) }
        let side = model.plan.imageSize
        guard side == preprocessing.side else {
            throw .settings(place, "image_size is \(side), pictures have \(preprocessing.side) pixels")
        }
    }

    /// Reads the settings in a model folder, without its weights: ours, transformers', or open_clip's.
    ///
    /// - Throws: `.missingInput`, or `.badSettings` where the files contradict each other or describe other towers.
    public init(folder: String) throws(Failure) {
        func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }
        let openCLIP = "\(folder)/\(ModelFolder.openCLIPFile)", config = "\(folder)/\(ModelFolder.configFile)"
        let preprocessor = "\(folder)/\(ModelFolder.preprocessorFile)"
        if exists(ModelFolder.openCLIPFile) {
            let model = try ModelConfiguration(file: openCLIP)
            let file = try decoded(PreprocessingOfFile.self, from: jsonFile(openCLIP), named: openCLIP)
            var preprocessing = file.preprocess_cfg ?? Preprocessing(side: model.vision.imageSize)
            preprocessing.side = model.vision.imageSize  // as open_clip does: the towers decide
            try self.init(.clip(model), preprocessing, named: openCLIP)
            return
        }
        let json = try jsonFile(config), tree = try decoded(JSON.self, from: json, named: config)
        func pixels() throws(Failure) -> PreprocessorConfig {
            try decoded(PreprocessorConfig.self, from: jsonFile(preprocessor), named: preprocessor)
        }
        if tree["model_type"] == .string(DualEncoder.modelType) {
            let model = try DualEncoder(tree, named: config), found = try pixels().preprocessing
            let exact = try DualEncoder.preprocessing(in: tree, named: config)
            try self.init(.dualEncoder(model), exact ?? found, named: preprocessor)
        } else {
            let file = try decoded(HuggingFaceConfiguration.self, from: json, named: config)
            try self.init(.clip(file.model(named: config)), pixels().preprocessing, named: preprocessor)
        }
    }

    /// Writes the settings into a model folder, in transformers' words and, where it has words for them, in open_clip's.
    func write(to folder: String, startToken: Int32?, endToken: Int32?) throws(Failure) {
        let openCLIP = "\(folder)/\(ModelFolder.openCLIPFile)", config = "\(folder)/\(ModelFolder.configFile)"
        try writeJSON(PreprocessorConfig(preprocessing), to: "\(folder)/\(ModelFolder.preprocessorFile)")
        switch model {
        case .clip(let model):
            try writeJSON(OpenCLIPFile(model, preprocessing, endToken: endToken), to: openCLIP)
            switch model.vision.pooling {
            case .classToken:
                try writeJSON(HuggingFaceConfiguration(model, startToken: startToken, endToken: endToken), to: config)
            case .mean:
                // transformers would open it, and pool otherwise.
                try? FileManager.default.removeItem(atPath: config)
            }
        case .dualEncoder(let towers): try writeJSON(towers.json(preprocessing), to: config)
        }
    }
}

/// The `open_clip_config.json` of a model folder, as far as it speaks of pixels.
private struct PreprocessingOfFile: Decodable {
    let preprocess_cfg: Preprocessing?
}
