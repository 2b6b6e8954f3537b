import Tensors

/// Two tables beside each other: `y = [a | b]`, row by row.
struct JoinColumns: Operation {
    let a, b: Tensor  // [rows, a.width] and [rows, b.width]

    var outputShape: Shape { [a.rowCount, a.width + b.width] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        let width = a.width + b.width
        for row in 0..<a.rowCount {
            for (i, at) in a.row(row).enumerated() { y[row * width + i] = values[at] }
            for (i, at) in b.row(row).enumerated() { y[row * width + a.width + i] = values[at] }
        }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let width = a.width + b.width
        for (input, first) in [(a, 0), (b, a.width)] {
            gradients.add(to: input, from: step.y) { dy, dx in
                for row in 0..<input.rowCount {
                    for i in 0..<input.width { dx[row * input.width + i] += dy[row * width + first + i] }
                }
            }
        }
    }
}

extension Tape {
    /// a `[rows, m]` and b `[rows, n]` beside each other → `[rows, m + n]`.
    public mutating func joinColumns(_ a: Tensor, _ b: Tensor) -> Tensor {
        precondition(a.rowCount == b.rowCount, "\(a.shape) and \(b.shape) have different numbers of rows")
        return apply(JoinColumns(a: a, b: b))
    }
}
