import Failures
import Kernels
import Layers

/// Zhai et al. 2023 (SigLIP): each of its two towers by itself.
///
/// Pictures have no class token; a learnt query gathers their patches. Captions are read without a causal mask and are
/// always `contextLength` tokens long, padded with the tokens that they end with; the last row is theirs.
extension TowerArchitecture {
    static let siglip = TowerArchitecture(
        modelTypes: ["siglip", "siglip_vision_model", "siglip_text_model"],
        vision: { (config) throws(Failure) in
            let config = config.part("vision_config"), sides = try config.sides(image: 224, patch: 16)
            let hasHead = try config.flag("vision_use_head", true)
            return VisionPlan(
                imageSize: sides.image, patchSize: sides.patch,
                blocks: try config.blocks(
                    width: 768, heads: 12, layers: 12, hiddenWidth: 3072, epsilon: 1e-6,
                    activation: "gelu_pytorch_tanh"),
                pooling: hasHead ? .attention : .mean, hasPatchBias: true,
                names: VisionNames(
                    patches: "embeddings.patch_embedding", positions: "embeddings.position_embedding.weight",
                    normAfter: "post_layernorm", head: hasHead ? "head" : nil))
        },
        text: { (config) throws(Failure) in
            let config = config.part("text_config")
            var names = TextNames.clip
            names.head = "head"
            return TextPlan(
                contextLength: try config.count("max_position_embeddings", 64),
                vocabSize: try config.count("vocab_size", 32000),
                blocks: try config.blocks(
                    width: 768, heads: 12, layers: 12, hiddenWidth: 3072, epsilon: 1e-6,
                    activation: "gelu_pytorch_tanh"),
                pooling: .last, names: names,
                headWidth: try config.count("projection_size", try config.count("hidden_size", 768)))
        },
        prefixes: ["vision_model.", "text_model."],
        ignored: ["position_ids", "logit_scale", "logit_bias"])
}
