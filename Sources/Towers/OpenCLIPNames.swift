import Failures

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
            // Where open_clip builds the text tower from a class of its own, its name stands before the tensors'.
            let own = name.hasPrefix("text.") ? String(name.dropFirst(5)) : name
            let theirs = words.reduce(own) { $0.replacing($1.1, with: $1.0) }
            guard theirs.contains(".q_proj."), let first = shape.first, first % 3 == 0 else {
                let isTransposed = isProjection(theirs) && shape.count == 2
                places[theirs] = TensorPlace(
                    name, shape: isTransposed ? shape.reversed() : shape, isTransposed: isTransposed)
                continue
            }
            for (part, word) in [".q_proj.", ".k_proj.", ".v_proj."].enumerated() {
                places[theirs.replacing(".q_proj.", with: word)] = TensorPlace(
                    name, shape: [first / 3] + shape.dropFirst(), part: part)
            }
        }
        return places
    }

    private static func isProjection(_ name: String) -> Bool { name.hasSuffix("_projection.weight") }
}

/// Where a tensor lies in a file: alone, or with others of its shape, one behind the other.
struct TensorPlace: Sendable {
    /// The name of the tensor in the file.
    let name: String
    /// The shape of the one that is meant.
    let shape: [Int]
    /// Which of those behind one another it is; nil where it is alone.
    var part: Int?
    /// Whether rows and columns have changed places.
    var isTransposed = false

    init(_ name: String, shape: [Int], part: Int? = nil, isTransposed: Bool = false) {
        (self.name, self.shape, self.part, self.isTransposed) = (name, shape, part, isTransposed)
    }

    /// Reads it from the file.
    func read(from file: borrowing Safetensors, into floats: inout MutableSpan<Float>) throws(Failure) {
        guard part != nil || isTransposed else { return try file.read(name, into: &floats) }
        let all = try file.floats(of: name), rows = shape[0], columns = shape.dropFirst().reduce(1, *)
        let start = (part ?? 0) * rows * columns
        guard rows * columns == floats.count, start + floats.count <= all.count else {
            throw Failure(
                .badData, "cannot read weights", at: file.path, because: "tensor \(name) has shape \(shape)",
                try: "give weights of this model")
        }
        for i in 0..<floats.count {
            floats[i] = all[isTransposed ? i % columns * rows + i / columns : start + i]
        }
    }
}
