import Kernels
import Tensors

/// `y = residual + scale ∘ x`, one factor a column: layer scale — Touvron et al. 2021 (CaiT), eq. 4.
struct AddScaledColumns: Operation {
    let x, residual: Tensor  // [rows, width]
    let scale: Tensor  // [width]

    var outputShape: Shape { x.shape }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        let width = x.width, x = values.extracting(x.range), residual = values.extracting(residual.range)
        let scale = values.extracting(scale.range)
        parallelRows(of: &y, width: width, rowsPerTask: 64) { first, rows in
            for row in 0..<rows.count / width {
                let source = (first + row) * width, target = row * width
                for i in 0..<width { rows[target + i] = residual[source + i] + scale[i] * x[source + i] }
            }
        }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let width = x.width, input = values.extracting(x.range), factors = values.extracting(scale.range)
        gradients.add(to: x, scale, from: step.y) { dy, dx, dScale, _, _ in
            for row in 0..<dy.count / width {
                for i in 0..<width {
                    dx[row * width + i] += factors[i] * dy[row * width + i]
                    dScale[i] += input[row * width + i] * dy[row * width + i]
                }
            }
        }
        gradients.hand(step.y, to: residual)
    }
}

extension Tape {
    /// `residual + scale ∘ x`: x and residual `[rows, width]`, scale `[width]` → `[rows, width]`.
    public mutating func addScaledColumns(_ x: Tensor, scale: Tensor, to residual: Tensor) -> Tensor {
        precondition(
            x.shape == residual.shape && scale.count == x.width, "\(x.shape), \(scale.shape), \(residual.shape)")
        return apply(AddScaledColumns(x: x, residual: residual, scale: scale))
    }
}
