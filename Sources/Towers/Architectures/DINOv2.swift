import Failures
import Layers

/// Oquab et al. 2024 (DINOv2), with the register tokens of Darcet et al. 2024 where there are any.
///
/// Every block's two sums are scaled column by column (LayerScale); a picture is the class token's row behind the last norm.
extension TowerArchitecture {
    static let dinov2 = TowerArchitecture(
        modelTypes: ["dinov2", "dinov2_with_registers"],
        vision: { (config) throws(Failure) in
            let sides = try config.sides(image: 224, patch: 14)
            guard try !config.flag("use_swiglu_ffn", false) else {
                throw .settings(config.place, "use_swiglu_ffn is true: hidden layers with SwiGLU are not known here")
            }
            guard try config.flag("qkv_bias", true) else {
                throw .settings(config.place, "qkv_bias is false, expected true")
            }
            let width = try config.count("hidden_size", 768), ratio = try config.number("mlp_ratio", 4)
            var blocks = try config.blocks(
                width: 768, heads: 12, layers: 12, hiddenWidth: max(1, Int(Double(width) * ratio)), epsilon: 1e-6)
            blocks.names = BlockNames(
                blocks: "encoder.layer", norm1: "norm1", query: "attention.attention.query",
                key: "attention.attention.key", value: "attention.attention.value", out: "attention.output.dense",
                norm2: "norm2", fc1: "mlp.fc1", fc2: "mlp.fc2", scale1: "layer_scale1.lambda1",
                scale2: "layer_scale2.lambda1")
            let hasRegisters = config.modelType == "dinov2_with_registers"
            let registers = hasRegisters ? try config.count("num_register_tokens", 4) : 0
            return VisionPlan(
                imageSize: sides.image, patchSize: sides.patch, blocks: blocks, pooling: .classToken,
                registers: registers, hasPatchBias: true,
                names: VisionNames(
                    classToken: "embeddings.cls_token",
                    registers: hasRegisters ? "embeddings.register_tokens" : nil,
                    patches: "embeddings.patch_embeddings.projection", positions: "embeddings.position_embeddings",
                    normAfter: "layernorm", hasBatchAxis: true))
        },
        prefixes: ["dinov2.", "dinov2_with_registers."],
        renamings: [
            (".attention.q_proj.", ".attention.attention.query."), (".attention.k_proj.", ".attention.attention.key."),
            (".attention.v_proj.", ".attention.attention.value."), (".attention.o_proj.", ".attention.output.dense."),
        ],
        ignored: ["mask_token", "classifier."])
}
