import Failures

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
