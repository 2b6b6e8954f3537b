import Augmentations
import Failures
import Layers
import Storage

/// Two towers of any origin and what joins them, as transformers describes its `VisionTextDualEncoderModel`.
///
/// Each tower keeps the `config.json` that it came with. What transformers has no word for, pooling and hidden layers in a
/// projection, stands under a key of its own, which transformers leaves alone.
public struct DualEncoder: Sendable, Equatable {
    /// Length of the joint embedding.
    public let embedDim: Int
    /// The towers' own settings.
    let vision, text: TowerConfig
    /// What is said of the towers beside those.
    let extras: Extras
    /// What the model is made of.
    public let plan: ModelPlan

    /// Settings that transformers has no word for.
    struct Extras: Codable, Sendable, Equatable {
        var image_pooling: ImagePooling
        var text_pooling: TextPooling
        /// Width of the projections' hidden layer; nil where they are one matrix.
        var projection_hidden: Int?
    }

    static let modelType = "vision-text-dual-encoder", extrasKey = "swift_clip"
    private static let preprocessingKey = "preprocess_cfg"

    /// - Throws: `.badSettings` where a tower is of a family that is not known, or lacks a setting.
    init(embedDim: Int, vision: TowerConfig, text: TowerConfig, extras: Extras) throws(Failure) {
        guard let makeVision = TowerArchitecture.named(vision.modelType)?.vision,
            let makeText = TowerArchitecture.named(text.modelType)?.text
        else {
            throw .settings(
                vision.place,
                "no picture tower \(vision.modelType ?? "without model_type") or text tower "
                    + "\(text.modelType ?? "without model_type") is known")
        }
        (self.embedDim, self.vision, self.text, self.extras) = (embedDim, vision, text, extras)
        var picturePlan = try makeVision(vision), textPlan = try makeText(text)
        picturePlan.pooling = extras.image_pooling
        textPlan.pooling = extras.text_pooling
        func projection(_ name: String) -> ProjectionPlan {
            extras.projection_hidden.map { .hidden(name, width: $0) } ?? .linear(name)
        }
        plan = ModelPlan(
            embedDim: embedDim, vision: picturePlan, text: textPlan, imageProjection: projection("visual_projection"),
            textProjection: projection("text_projection"))
        try plan.check(named: vision.place)
    }

    /// Reads a `config.json` whose `model_type` is `modelType`.
    init(_ json: JSON, named place: String) throws(Failure) {
        let config = TowerConfig(json: json, place: place)
        guard let vision = json["vision_config"], let text = json["text_config"], let extras = json[Self.extrasKey]
        else {
            throw .settings(place, "vision_config, text_config or \(Self.extrasKey) is missing")
        }
        try self.init(
            embedDim: try config.count("projection_dim", 512), vision: TowerConfig(json: vision, place: place),
            text: TowerConfig(json: text, place: place), extras: try extras.value(Extras.self, named: place))
    }

    /// The settings of one tower.
    func config(of side: TowerSide) -> TowerConfig { side == .image ? vision : text }

    /// Tells the features of one tower from those of others: by its settings, by its weights and, where it sees pictures,
    /// by how those become pixels.
    func fingerprint(
        of side: TowerSide, _ preprocessing: Preprocessing, weights: Span<Float>
    ) throws(Failure) -> Fingerprint {
        let pooling = side == .image ? extras.image_pooling.rawValue : extras.text_pooling.rawValue
        var fingerprint = Fingerprint(Array("\(side.rawValue) \(pooling) ".utf8))
        fingerprint.append(try config(of: side).json.bytes)
        if side == .image { fingerprint.append(try JSON(encoding: preprocessing, named: vision.place).bytes) }
        fingerprint.append(weights)
        return fingerprint
    }

    /// The `config.json` of a model folder; the preprocessing stands there as well, in open_clip's words, because
    /// transformers' own file cannot say all of it.
    func json(_ preprocessing: Preprocessing) throws(Failure) -> JSON {
        var extras = try JSON(encoding: extras, named: vision.place)
        extras[Self.preprocessingKey] = try JSON(encoding: preprocessing, named: vision.place)
        return .object([
            "model_type": .string(Self.modelType), "architectures": .array([.string("VisionTextDualEncoderModel")]),
            "projection_dim": .number(Double(embedDim)), "logit_scale_init_value": .number(2.6592),
            "vision_config": vision.json, "text_config": text.json, Self.extrasKey: extras,
        ])
    }

    /// The preprocessing that `json` wrote.
    static func preprocessing(in json: JSON, named place: String) throws(Failure) -> Preprocessing? {
        try json[extrasKey]?[preprocessingKey]?.value(Preprocessing.self, named: place)
    }
}
