import Failures
import Layers

/// Shoeybi et al. 2019 (Megatron-LM), section 3 and figure 7: BERT with its norms before attention and hidden layer, and one
/// behind the last block, which is what lets it be trained from scratch without care.
extension TowerArchitecture {
    static let megatronBERT = TowerArchitecture(
        modelTypes: ["megatron-bert"],
        text: { (config) throws(Failure) in
            var blocks = try config.blocks(width: 1024, heads: 16, layers: 24, hiddenWidth: 4096, epsilon: 1e-12)
            blocks.initial = .normal(deviation: Float(try config.number("initializer_range", 0.02)))
            blocks.names = BlockNames(
                blocks: "encoder.layer", norm1: "attention.ln", query: "attention.self.query",
                key: "attention.self.key", value: "attention.self.value", out: "attention.output.dense",
                norm2: "ln", fc1: "intermediate.dense", fc2: "output.dense")
            return TextPlan(
                contextLength: try config.count("max_position_embeddings", 512),
                vocabSize: try config.count("vocab_size", 29056), blocks: blocks, pooling: .mean,
                segmentKinds: try config.count("type_vocab_size", 2),
                names: TextNames(
                    tokens: "embeddings.word_embeddings.weight", positions: "embeddings.position_embeddings.weight",
                    segments: "embeddings.token_type_embeddings.weight", normAfter: "encoder.ln"))
        },
        prefixes: ["bert."],
        ignored: ["position_ids", "pooler.", "cls."])
}
