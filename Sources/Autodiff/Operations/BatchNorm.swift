import Kernels
import Tensors

/// `y = (x − mean) / √(variance + ε) · gain + bias`, column by column over the rows of a batch — Ioffe & Szegedy 2015,
/// algorithm 1. It keeps no running statistics: it stands in heads that only training uses.
///
/// `dx = gain/(n·σ)·(n·dy − Σdy − x̂·Σ(dy∘x̂))`, `dGain = Σ dy∘x̂`, `dBias = Σ dy` — the same, section 3.
struct BatchNorm: Operation {
    let x: Tensor  // [rows, width]
    let gain, bias: Tensor?  // [width]
    let epsilon: Float

    var outputShape: Shape { x.shape }
    /// Mean and reciprocal deviation of each column.
    var savedCount: Int { 2 * x.width }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        let input = values.extracting(x.range), width = x.width, rows = x.rowCount
        var means = [Double](repeating: 0, count: width), squares = means
        for r in 0..<rows {
            for c in 0..<width { means[c] += Double(input[r * width + c]) }
        }
        for c in 0..<width { means[c] /= Double(rows) }
        for r in 0..<rows {
            for c in 0..<width {
                let difference = Double(input[r * width + c]) - means[c]
                squares[c] += difference * difference
            }
        }
        for c in 0..<width {
            saved[c] = Float(means[c])
            saved[width + c] = Float(1 / (squares[c] / Double(rows) + Double(epsilon)).squareRoot())
        }
        for r in 0..<rows {
            for c in 0..<width {
                let unit = (input[r * width + c] - saved[c]) * saved[width + c]
                y[r * width + c] =
                    unit * (gain.map { values[$0.offset + c] } ?? 1) + (bias.map { values[$0.offset + c] } ?? 0)
            }
        }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let input = values.extracting(x.range), saved = values.extracting(step.saved), width = x.width,
            rows = x.rowCount
        gradients.add(to: x, gain, bias, from: step.y) { dy, dx, dGain, dBias, _ in
            var sums = [Double](repeating: 0, count: width), products = sums
            for r in 0..<rows {
                for c in 0..<width {
                    let unit = (input[r * width + c] - saved[c]) * saved[width + c], slope = dy[r * width + c]
                    sums[c] += Double(slope)
                    products[c] += Double(slope * unit)
                }
            }
            for c in dGain.indices { dGain[c] += Float(products[c]) }
            for c in dBias.indices { dBias[c] += Float(sums[c]) }
            let share = 1 / Float(rows)
            for r in 0..<rows {
                for c in 0..<width {
                    let unit = (input[r * width + c] - saved[c]) * saved[width + c]
                    let scale = saved[width + c] * (gain.map { values[$0.offset + c] } ?? 1)
                    let centred = dy[r * width + c] - share * (Float(sums[c]) + unit * Float(products[c]))
                    dx[r * width + c] += scale * centred
                }
            }
        }
    }
}

extension Tape {
    /// Batch norm of every column of x `[rows, width]`, with statistics of this batch; `gain` and `bias` are `[width]`, or
    /// absent for 1 and 0.
    public mutating func batchNorm(_ x: Tensor, gain: Tensor?, bias: Tensor?, epsilon: Float = 1e-5) -> Tensor {
        apply(BatchNorm(x: x, gain: gain, bias: bias, epsilon: epsilon))
    }
}
