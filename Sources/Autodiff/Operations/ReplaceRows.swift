import Kernels
import Tensors

/// x with some of its rows replaced by one and the same: what is hidden from a model that is to guess it — Xie et al. 2022
/// (SimMIM), section 3.2.
struct ReplaceRows: Operation {
    let x: Tensor  // [rows, width]
    let rows: [Int]
    let row: Tensor  // [width]

    var outputShape: Shape { x.shape }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        let width = x.width, other = values.extracting(row.range)
        y.copy(values.extracting(x.range))
        for row in rows { y.lend(row * width..<(row + 1) * width) { $0.copy(other) } }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let width = x.width
        gradients.add(to: row, from: step.y) { dy, dRow in
            for row in rows { addScaled(1, dy.extracting(row * width..<(row + 1) * width), to: &dRow) }
        }
        gradients.change(step.y) { dy in
            for row in rows { dy.lend(row * width..<(row + 1) * width) { $0.fill(0) } }
        }
        gradients.hand(step.y, to: x)
    }
}

extension Tape {
    /// x `[rows, width]` with the named rows, each named once, replaced by `row` `[width]` → `[rows, width]`.
    public mutating func replaceRows(_ x: Tensor, _ rows: [Int], with row: Tensor) -> Tensor {
        precondition(row.count == x.width, "row \(row.shape) among \(x.shape)")
        precondition(rows.allSatisfy { (0..<x.rowCount).contains($0) }, "a row lies outside \(x.shape)")
        return apply(ReplaceRows(x: x, rows: rows, row: row))
    }
}
