public import Autodiff
public import Failures
import Foundation
public import Storage
import Tensors

/// A model in a folder that transformers opens as a `CLIPModel` and open_clip as a `local-dir:`.
///
/// | file | what it holds |
/// |---|---|
/// | `config.json` | the model, in transformers' words; not for mean pooling, which transformers does not know |
/// | `open_clip_config.json` | the model and the preprocessing, in open_clip's words |
/// | `preprocessor_config.json` | the preprocessing, in transformers' words |
/// | `model.safetensors` | the weights, under transformers' names |
/// | `open_clip_model.safetensors` | the same weights, under open_clip's names |
///
/// A model with locked towers shares its weights among files: one for each of those (`LockedTower`), which never changes,
/// one for what was trained, and `model.safetensors.index.json`, which says what lies where.
public enum ModelFolder {
    static let configFile = "config.json"
    static let openCLIPFile = "open_clip_config.json"
    static let preprocessorFile = "preprocessor_config.json"
    static let weightsFile = "model.safetensors"
    static let weightsIndexFile = "model.safetensors.index.json"
    static let trainedWeightsFile = "model-trained.safetensors"
    static let openCLIPWeightsFile = "open_clip_model.safetensors"

    /// What may lie in a model's folder beside weights, and decides what they make of a picture or a text.
    public static let settingsFiles = [
        configFile, openCLIPFile, preprocessorFile, "tokenizer.json", "vocab.json", "merges.txt", "vocab.txt",
        "tokenizer_config.json", "special_tokens_map.json", SentenceTransformers.listFile,
        SentenceTransformers.poolingFile, SentenceTransformers.lengthFile,
    ]

    /// Writes a model whose captions start and end with the tokens given. `floats` are the parameters of `store`, of which
    /// only the model's own are written; the weights of the towers in `locked` must lie in the folder already.
    ///
    /// - Throws: `.cannotWrite`.
    public static func write(
        _ settings: ModelSettings, _ store: ParameterStore, floats: Span<Float>, locked: Set<TowerSide> = [],
        startToken: Int32?, endToken: Int32?, to folder: String
    ) throws(Failure) {
        try AtomicFile.makeFolder(folder)
        let plan = settings.model.plan, parts = try parts(of: plan, without: locked, in: store)
        if locked.isEmpty {
            try Safetensors.write(parts, of: floats, to: "\(folder)/\(weightsFile)")
        } else {
            try Safetensors.write(parts, of: floats, to: "\(folder)/\(trainedWeightsFile)")
            try writeJSON(WeightIndex(plan, locked: locked), to: "\(folder)/\(weightsIndexFile)")
        }
        if case .clip = settings.model {
            try Safetensors.write(OpenCLIPNames.parts(of: parts), of: floats, to: "\(folder)/\(openCLIPWeightsFile)")
        }
        try settings.write(to: folder, startToken: startToken, endToken: endToken)
    }

    /// Reads the folder of a model: one that `write` made, or transformers' own.
    ///
    /// - Throws: `.missingInput`, `.badData`, or `.badSettings` where settings and weights do not fit each other.
    public static func read(_ folder: String) throws(Failure) -> LoadedModel {
        let settings = try ModelSettings(folder: folder)
        var store = ParameterStore()
        let model = Model(settings.model.plan, in: &store)
        var tape = Tape(parameters: blank(store), seed: 0)
        try read(folder, settings.model.plan, store, into: &tape)
        tape.fixParameters()
        return LoadedModel(settings: settings, model: model, parameters: store, tape: tape)
    }

    /// The folder itself, or what the recipe inside it prepared.
    ///
    /// - Throws: `.missingInput` where there is a recipe that was not run yet.
    public static func prepared(_ folder: String) throws(Failure) -> String { try TowerFolder.prepared(folder) }

    /// Whether a folder, or what a recipe prepared inside it, holds one tower alone, of a family that is known.
    public static func isTower(_ folder: String) -> Bool {
        guard let config = (try? TowerFolder(folder))?.config, config.modelType != DualEncoder.modelType else {
            return false
        }
        return config.modelType != "clip"
    }

    /// Tells two models apart: all that decides an embedding, weights, settings, preprocessing and tokenizer.
    public static func fingerprint(_ folder: String) throws(Failure) -> Fingerprint {
        var list = ""
        for name in settingsFiles + (try WeightFiles.names(in: folder)) {
            let path = "\(folder)/\(name)"
            guard name.hasSuffix(".safetensors") || FileManager.default.fileExists(atPath: path) else { continue }
            let fingerprint = try MappedFile(path).read { Fingerprint($0) }
            list += "\(name) \(fingerprint)\n"
        }
        return Fingerprint(Array(list.utf8))
    }
}

/// A model that was read from a folder, with its weights at the head of a tape.
public struct LoadedModel: ~Copyable {
    /// What the folder says of the model.
    public let settings: ModelSettings
    /// The towers.
    public let model: Model
    /// Names and places of the weights.
    public let parameters: ParameterStore
    /// The weights, and room for the values of a step.
    public var tape: Tape

    /// Tells the features of one tower from those of others, as `LockedTower.fingerprint` does; nil for a CLIP's own towers.
    public func towerFingerprint(_ side: TowerSide) throws(Failure) -> Fingerprint? {
        let own = parameters.parameters.filter { $0.name.hasPrefix(side.prefix) }.map(\.tensor.range)
        guard case .dualEncoder(let towers) = settings.model, let first = own.first, let last = own.last else {
            return nil
        }
        return try tape.readParameters { (weights) throws(Failure) in
            try towers.fingerprint(
                of: side, settings.preprocessing, weights: weights.extracting(first.lowerBound..<last.upperBound))
        }
    }
}
