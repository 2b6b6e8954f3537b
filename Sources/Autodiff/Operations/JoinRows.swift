import Kernels
import Tensors

/// The rows of one table, and those of another behind them. Each gets its own part of the gradient.
struct JoinRows: Operation {
    let a, b: Tensor  // [m, width] and [n, width]

    var outputShape: Shape { [a.rowCount + b.rowCount, a.width] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        y.lend(0..<a.count) { $0.copy(values.extracting(a.range)) }
        y.lend(a.count..<a.count + b.count) { $0.copy(values.extracting(b.range)) }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        gradients.add(to: a, from: step.y) { dy, da in addScaled(1, dy.extracting(0..<a.count), to: &da) }
        gradients.add(to: b, from: step.y) { dy, db in
            addScaled(1, dy.extracting(a.count..<a.count + b.count), to: &db)
        }
    }
}

extension Tape {
    /// `a` `[m, width]` with `b` `[n, width]` below it → `[m + n, width]`.
    public mutating func joinRows(_ a: Tensor, _ b: Tensor) -> Tensor {
        precondition(a.width == b.width, "rows of \(a.shape) and \(b.shape) have different lengths")
        return apply(JoinRows(a: a, b: b))
    }
}
