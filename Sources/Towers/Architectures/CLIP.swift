import Failures
import Layers

/// Radford et al. 2021 (CLIP): each of its two towers by itself.
extension TowerArchitecture {
    static let clip = TowerArchitecture(
        modelTypes: ["clip", "clip_vision_model", "clip_text_model"],
        vision: { (config) throws(Failure) in
            let config = config.part("vision_config"), sides = try config.sides(image: 224, patch: 32)
            return VisionPlan(
                imageSize: sides.image, patchSize: sides.patch,
                blocks: try config.blocks(
                    width: 768, heads: 12, layers: 12, hiddenWidth: 3072, epsilon: 1e-5, activation: "quick_gelu"),
                pooling: .classToken)
        },
        text: { (config) throws(Failure) in
            let config = config.part("text_config")
            var blocks = try config.blocks(
                width: 512, heads: 8, layers: 12, hiddenWidth: 2048, epsilon: 1e-5, activation: "quick_gelu")
            blocks.causal = true
            return TextPlan(
                contextLength: try config.count("max_position_embeddings", 77),
                vocabSize: try config.count("vocab_size", 49408), blocks: blocks, pooling: .last)
        },
        prefixes: ["vision_model.", "text_model."],
        ignored: ["position_ids", "logit_scale", "visual_projection.", "text_projection."])
}
