import Augmentations

/// The `open_clip_config.json` of a model folder. Property names are the file's keys.
struct OpenCLIPFile: Encodable {
    /// The caption tower, and what open_clip must know of its tokens.
    struct Text: Encodable {
        let tower: TextConfiguration
        let endToken: Int32?

        func encode(to encoder: any Encoder) throws {
            try tower.encode(to: encoder)
            var container = encoder.container(keyedBy: JSONKey.self)
            // The tokenizer lies in the same folder: open_clip takes any name for that.
            try container.encode(".", forKey: JSONKey(stringValue: "hf_tokenizer_name"))
            // A caption's row is that of its end token, not of the highest id.
            try container.encode("eos", forKey: JSONKey(stringValue: "pool_type"))
            try container.encode(endToken, forKey: JSONKey(stringValue: "eos_id"))
        }
    }

    struct Model: Encodable {
        let embed_dim: Int
        let quick_gelu: Bool
        let vision_cfg: VisionConfiguration
        let text_cfg: Text
    }

    let model_cfg: Model
    let preprocess_cfg: Preprocessing

    init(_ model: ModelConfiguration, _ preprocessing: Preprocessing, endToken: Int32?) {
        model_cfg = Model(
            embed_dim: model.embedDim, quick_gelu: model.quickGELU, vision_cfg: model.vision,
            text_cfg: Text(tower: model.text, endToken: endToken))
        preprocess_cfg = preprocessing
    }
}
