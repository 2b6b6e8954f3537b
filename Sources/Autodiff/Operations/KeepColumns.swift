import Tensors

/// The first `kept` numbers of each row, and zeros behind them: products and lengths are those of the first numbers alone.
///
/// `y_rc = x_rc` where c < kept, else 0; `dx_rc += dy_rc` there alone.
struct KeepColumns: Operation {
    let x: Tensor  // [rows, width]
    let kept: Int

    var outputShape: Shape { x.shape }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        for row in 0..<x.rowCount {
            for (i, at) in x.row(row).enumerated() { y[row * x.width + i] = i < kept ? values[at] : 0 }
        }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        gradients.add(to: x, from: step.y) { dy, dx in
            for row in 0..<x.rowCount {
                for i in row * x.width..<row * x.width + kept { dx[i] += dy[i] }
            }
        }
    }
}

extension Tape {
    /// x `[rows, width]` with zeros behind the first `kept` numbers of each row.
    public mutating func keepColumns(_ x: Tensor, _ kept: Int) -> Tensor {
        precondition(1...x.width ~= kept, "\(kept) of \(x.width) columns")
        return apply(KeepColumns(x: x, kept: kept))
    }
}
