import Failures
import Layers

/// Devlin et al. 2019 (BERT), and what was distilled from it (MiniLM, Wang et al. 2020): norms behind the sums, no mask.
extension TowerArchitecture {
    static let bert = TowerArchitecture(
        modelTypes: ["bert"],
        text: { (config) throws(Failure) in
            var blocks = try config.blocks(width: 768, heads: 12, layers: 12, hiddenWidth: 3072, epsilon: 1e-12)
            blocks.normPlace = .after
            blocks.names = BlockNames(
                blocks: "encoder.layer", norm1: "attention.output.LayerNorm", query: "attention.self.query",
                key: "attention.self.key", value: "attention.self.value", out: "attention.output.dense",
                norm2: "output.LayerNorm", fc1: "intermediate.dense", fc2: "output.dense")
            return TextPlan(
                contextLength: try config.count("max_position_embeddings", 512),
                vocabSize: try config.count("vocab_size", 30522), blocks: blocks, pooling: .mean,
                segmentKinds: try config.count("type_vocab_size", 2),
                names: TextNames(
                    tokens: "embeddings.word_embeddings.weight", positions: "embeddings.position_embeddings.weight",
                    segments: "embeddings.token_type_embeddings.weight", normBefore: "embeddings.LayerNorm"))
        },
        prefixes: ["bert."],
        renamings: [(".gamma", ".weight"), (".beta", ".bias")],
        ignored: ["position_ids", "pooler.", "cls."])
}
