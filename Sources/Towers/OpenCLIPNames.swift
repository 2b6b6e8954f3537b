/// The same weights as open_clip names and lays them out, so that it can open a model folder as well.
///
/// open_clip does not read transformers' names (version 3.3: `factory.load_checkpoint` converts Apple's alone), so it
/// needs a file of its own. Queries, keys and values are one matrix there, and the projections lie transposed.
enum OpenCLIPNames {
    /// transformers' words and open_clip's, to be replaced in this order.
    private static let words = [
        ("vision_model.embeddings.class_embedding", "visual.class_embedding"),
        ("vision_model.embeddings.patch_embedding", "visual.conv1"),
        ("vision_model.embeddings.position_embedding.weight", "visual.positional_embedding"),
        ("vision_model.pre_layrnorm", "visual.ln_pre"),
        ("vision_model.post_layernorm", "visual.ln_post"),
        ("vision_model.encoder.layers", "visual.transformer.resblocks"),
        ("visual_projection.weight", "visual.proj"),
        ("text_model.embeddings.token_embedding", "token_embedding"),
        ("text_model.embeddings.position_embedding.weight", "positional_embedding"),
        ("text_model.final_layer_norm", "ln_final"),
        ("text_model.encoder.layers", "transformer.resblocks"),
        ("text_projection.weight", "text_projection"),
        ("layer_norm1", "ln_1"),
        ("layer_norm2", "ln_2"),
        ("mlp.fc1", "mlp.c_fc"),
        ("mlp.fc2", "mlp.c_proj"),
        ("self_attn.q_proj.", "attn.in_proj_"),
        ("self_attn.out_proj", "attn.out_proj"),
    ]

    /// The parts of open_clip's file that hold the weights of `parts`, which are transformers'.
    static func parts(of parts: [Safetensors.Part]) -> [Safetensors.Part] {
        parts.compactMap { part in
            guard !part.name.contains(".k_proj."), !part.name.contains(".v_proj.") else { return nil }
            let name = words.reduce(part.name) { $0.replacing($1.0, with: $1.1) }
            if part.name.contains(".q_proj.") {  // keys and values lie right behind
                let start = part.range.lowerBound, count = 3 * part.range.count
                return .init(name, [3 * part.shape[0]] + part.shape.dropFirst(), at: start..<start + count)
            }
            guard isProjection(part.name) else { return .init(name, part.shape, at: part.range) }
            return .init(name, part.shape.reversed(), at: part.range, transposed: true)
        }
    }

    /// Where transformers' tensors lie in a file of open_clip that holds tensors of these shapes, by their names.
    static func places(in shapes: [(name: String, shape: [Int])]) -> [String: TensorPlace] {
        var places: [String: TensorPlace] = [:]
        for (name, shape) in shapes {
            let theirs = words.reduce(name) { $0.replacing($1.1, with: $1.0) }
            guard theirs.contains(".q_proj."), let first = shape.first, first % 3 == 0 else {
                let isTransposed = isProjection(theirs) && shape.count == 2
                places[theirs] = TensorPlace(
                    name: name, shape: isTransposed ? shape.reversed() : shape, isTransposed: isTransposed)
                continue
            }
            for (part, word) in [".q_proj.", ".k_proj.", ".v_proj."].enumerated() {
                places[theirs.replacing(".q_proj.", with: word)] = TensorPlace(
                    name: name, shape: [first / 3] + shape.dropFirst(), part: part)
            }
        }
        return places
    }

    private static func isProjection(_ name: String) -> Bool { name.hasSuffix("_projection.weight") }
}
