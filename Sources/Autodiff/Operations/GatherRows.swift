import Kernels
import Tensors

/// Some rows of a table, in the order asked for: how a class token or an end token is pooled.
struct GatherRows: Operation {
    let x: Tensor  // [rows, width]
    let rows: [Int]

    var outputShape: Shape { [rows.count, x.width] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        for (r, row) in rows.enumerated() {
            y.lend(r * x.width..<(r + 1) * x.width) { $0.copy(values.extracting(x.row(row))) }
        }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        gradients.add(to: x, from: step.y) { dy, dx in
            for (r, row) in rows.enumerated() {
                let source = dy.extracting(r * x.width..<(r + 1) * x.width)
                dx.lend(row * x.width..<(row + 1) * x.width) { addScaled(1, source, to: &$0) }
            }
        }
    }
}

extension Tape {
    /// The named rows of x `[rows, width]` → `[rows.count, width]`.
    public mutating func gatherRows(_ x: Tensor, _ rows: [Int]) -> Tensor {
        precondition(rows.allSatisfy { (0..<x.rowCount).contains($0) }, "a row lies outside \(x.shape)")
        return apply(GatherRows(x: x, rows: rows))
    }
}
