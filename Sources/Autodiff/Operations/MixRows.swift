import Tensors

/// A row of a table, and what it is multiplied by.
public struct RowShare: Sendable {
    /// The number of the row.
    public let row: Int
    /// What it is multiplied by.
    public let weight: Float

    /// So much of a row.
    public init(row: Int, weight: Float) { (self.row, self.weight) = (row, weight) }
}

/// Rows made of the rows of a table in fixed shares: `y_r = Σ weight · x_row`.
struct MixRows: Operation {
    let x: Tensor  // [rows, width]
    let shares: [[RowShare]]  // of each output row

    var outputShape: Shape { [shares.count, x.width] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        let width = x.width
        for i in y.indices { y[i] = 0 }
        for (r, shares) in shares.enumerated() {
            for share in shares {
                let source = x.offset + share.row * width
                for i in 0..<width { y[r * width + i] += share.weight * values[source + i] }
            }
        }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let width = x.width
        gradients.add(to: x, from: step.y) { dy, dx in
            for (r, shares) in shares.enumerated() {
                for share in shares {
                    for i in 0..<width { dx[share.row * width + i] += share.weight * dy[r * width + i] }
                }
            }
        }
    }
}

extension Tape {
    /// Rows made of those of x `[rows, width]` in fixed shares → `[shares.count, width]`.
    public mutating func mixRows(_ x: Tensor, _ shares: [[RowShare]]) -> Tensor {
        precondition(
            shares.allSatisfy { $0.allSatisfy { (0..<x.rowCount).contains($0.row) } }, "a row lies outside \(x.shape)")
        return apply(MixRows(x: x, shares: shares))
    }
}
