import Augmentations
import Failures

extension TowerConfig {
    /// What this project says of one tower in its `config.json`, under `DualEncoder.extrasKey`: transformers has no words for
    /// it, and leaves the key alone.
    struct Own: Codable, Equatable {
        var image_pooling: ImagePooling?
        var text_pooling: TextPooling?
        var preprocess_cfg: Preprocessing?
    }

    /// What is said there; nil where the tower was written elsewhere.
    func own() throws(Failure) -> Own? { try json[DualEncoder.extrasKey]?.value(Own.self, named: place) }

    /// The same, saying this.
    func saying(_ own: Own) throws(Failure) -> TowerConfig {
        var json = json
        json[DualEncoder.extrasKey] = try JSON(encoding: own, named: place)
        return TowerConfig(json: json, place: place)
    }

    /// A text tower of a preset's sizes that sees both directions, as transformers' `MegatronBertModel`.
    init(bidirectional preset: ModelConfiguration, place: String) {
        let text = preset.text
        func number(_ value: Int) -> JSON { .number(Double(value)) }
        json = .object([
            "model_type": .string("megatron-bert"), "architectures": .array([.string("MegatronBertModel")]),
            "hidden_size": number(text.width), "num_attention_heads": number(text.heads),
            "num_hidden_layers": number(text.layers), "intermediate_size": number(text.hiddenWidth),
            "vocab_size": number(text.vocabSize), "max_position_embeddings": number(text.contextLength),
            "type_vocab_size": number(2), "hidden_act": .string("gelu"), "layer_norm_eps": .number(1e-12),
        ])
        self.place = place
    }
}
