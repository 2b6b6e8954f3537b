import Augmentations
public import Autodiff
public import Failures
import Storage

/// Folders of one tower alone.
extension ModelFolder {
    /// Writes one tower of a model as transformers' own, all but its tokenizer: a picture tower such as `CLIPVisionModel`
    /// with its preprocessing, or a text tower, which sentence-transformers opens as well where it knows the pooling.
    /// `floats` are the parameters of `store`, of which only the tower's own are written. Its captions start and end with
    /// the tokens given.
    ///
    /// - Throws: `.cannotWrite`.
    public static func writeTower(
        _ side: TowerSide, of settings: ModelSettings, _ store: ParameterStore, floats: Span<Float>,
        startToken: Int32?, endToken: Int32?, to folder: String
    ) throws(Failure) {
        try AtomicFile.makeFolder(folder)
        let plan = settings.model.plan
        let config = try settings.model.config(of: side, startToken: startToken, endToken: endToken).alone(side)
        // The towers of a pair keep their prefix when they are saved alone.
        let keepsPrefix = TowerArchitecture.named(config.modelType)?.prefixes.contains(side.prefix) == true
        let parts = try parts(of: plan, only: side, in: store).map { part in
            Safetensors.Part(
                keepsPrefix ? part.name : String(part.name.dropFirst(side.prefix.count)), part.shape, at: part.range)
        }
        try Safetensors.write(parts, of: floats, to: "\(folder)/\(weightsFile)")
        var own = TowerConfig.Own()
        switch side {
        case .image:
            (own.image_pooling, own.preprocess_cfg) = (plan.vision.pooling, settings.preprocessing)
            try writeJSON(
                PreprocessorConfig(settings.preprocessing), to: "\(folder)/\(preprocessorFile)")
        case .text:
            own.text_pooling = plan.text.pooling
            try SentenceTransformers.writeModules(of: plan.text, to: folder)
        }
        try writeJSON(config.saying(own).json, to: "\(folder)/\(configFile)")
    }
}

extension ModelDescription {
    /// The `config.json` of one tower.
    func config(of side: TowerSide, startToken: Int32?, endToken: Int32?) throws(Failure) -> TowerConfig {
        switch self {
        case .dualEncoder(let towers): return towers.config(of: side)
        case .clip(let configuration):
            let file = HuggingFaceConfiguration(configuration, startToken: startToken, endToken: endToken)
            return TowerConfig(json: try JSON(encoding: file, named: "settings"), place: "settings")
        }
    }
}

extension TowerConfig {
    /// The settings of a tower that lies in a folder by itself: where they described two, those of this one.
    func alone(_ side: TowerSide) -> TowerConfig {
        let word = side == .image ? "vision" : "text"
        guard let modelType, var own = json["\(word)_config"] else { return self }
        own["model_type"] = .string("\(modelType)_\(word)_model")
        return TowerConfig(json: own, place: place)
    }
}

extension SentenceTransformers {
    /// Writes the list of modules and the pooling of a text tower that lies in `folder`; nothing where the pooling is one that
    /// sentence-transformers does not know.
    static func writeModules(of text: TextPlan, to folder: String) throws(Failure) {
        guard text.names.head == nil, let pooling = PoolingFile(text.pooling, width: text.featureWidth) else { return }
        try AtomicFile.makeFolder("\(folder)/\(poolingFolder)")
        try writeJSON(pooling, to: "\(folder)/\(poolingFile)")
        try writeJSON(["max_seq_length": text.contextLength], to: "\(folder)/\(lengthFile)")
        try writeJSON(
            [
                Module(0, "Transformer", path: ""), Module(1, "Pooling", path: poolingFolder),
                Module(2, "Normalize", path: "2_Normalize"),
            ], to: "\(folder)/\(listFile)")
    }
}
