import Kernels
import Tensors

/// `y = (x − mean) / √(variance + ε) · gain + bias`, row by row — Ba et al. 2016, eq. 3–4.
struct LayerNorm: Operation {
    let x: Tensor  // [rows, width]
    let gain: Tensor, bias: Tensor  // [width]
    let epsilon: Float

    var outputShape: Shape { x.shape }
    /// Mean and reciprocal deviation of each row.
    var savedCount: Int { 2 * x.rowCount }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        kernels.layerNorm(
            width: x.width, epsilon: epsilon, values.extracting(x.range), gain: values.extracting(gain.range),
            bias: values.extracting(bias.range), into: &y, statistics: &saved)
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let input = values.extracting(x.range), gains = values.extracting(gain.range)
        let statistics = values.extracting(step.saved), width = x.width
        gradients.add(to: x, gain, bias, from: step.y) { dy, dx, dGain, dBias, _ in
            kernels.layerNormGradient(
                width: width, input, gain: gains, statistics: statistics, dy, into: &dx, gain: &dGain, bias: &dBias)
        }
    }
}

extension Tape {
    /// Layer norm of every row of x `[rows, width]`.
    public mutating func layerNorm(_ x: Tensor, gain: Tensor, bias: Tensor, epsilon: Float = 1e-5) -> Tensor {
        apply(LayerNorm(x: x, gain: gain, bias: bias, epsilon: epsilon))
    }
}
