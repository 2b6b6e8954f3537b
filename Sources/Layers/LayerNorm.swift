package import Autodiff
import Tensors

/// Brings every row to mean 0 and deviation 1, then scales and shifts it. Ba et al. 2016, equation 4.
package struct LayerNorm: Sendable {
    package let gain, bias: Tensor  // [width]
    private let epsilon: Float

    package init(_ name: String, width: Int, epsilon: Float, in store: inout ParameterStore) {
        gain = store.declare("\(name).weight", [width], .ones, decays: false)
        bias = store.declare("\(name).bias", [width], .zeros, decays: false)
        self.epsilon = epsilon
    }

    package var parameters: NormParameters { NormParameters(gain: gain, bias: bias, epsilon: epsilon) }

    package func apply(to x: Tensor, on tape: inout Tape) -> Tensor {
        tape.layerNorm(x, gain: gain, bias: bias, epsilon: epsilon)
    }
}
