import Failures
import Layers

/// Dosovitskiy et al. 2021 (ViT), as transformers' `ViTModel`: the class token's row behind the last norm.
extension TowerArchitecture {
    static let vit = TowerArchitecture(
        modelTypes: ["vit"],
        vision: { (config) throws(Failure) in
            let sides = try config.sides(image: 224, patch: 16)
            guard try config.flag("qkv_bias", true) else {
                throw .settings(config.place, "qkv_bias is false, expected true")
            }
            var blocks = try config.blocks(width: 768, heads: 12, layers: 12, hiddenWidth: 3072, epsilon: 1e-12)
            blocks.names = BlockNames(
                blocks: "encoder.layer", norm1: "layernorm_before", query: "attention.attention.query",
                key: "attention.attention.key", value: "attention.attention.value", out: "attention.output.dense",
                norm2: "layernorm_after", fc1: "intermediate.dense", fc2: "output.dense")
            return VisionPlan(
                imageSize: sides.image, patchSize: sides.patch, blocks: blocks, pooling: .classToken,
                hasPatchBias: true,
                names: VisionNames(
                    classToken: "embeddings.cls_token", patches: "embeddings.patch_embeddings.projection",
                    positions: "embeddings.position_embeddings", normAfter: "layernorm", hasBatchAxis: true))
        },
        prefixes: ["vit."],
        renamings: [
            (".attention.q_proj.", ".attention.attention.query."), (".attention.k_proj.", ".attention.attention.key."),
            (".attention.v_proj.", ".attention.attention.value."), (".attention.o_proj.", ".attention.output.dense."),
            (".mlp.fc1.", ".intermediate.dense."), (".mlp.fc2.", ".output.dense."),
        ],
        ignored: ["mask_token", "classifier.", "pooler."])
}
