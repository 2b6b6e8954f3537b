import Kernels
import Tensors

/// A layer norm and a linear layer behind it: `y = norm(x)·Wᵀ + bias`. The normalised rows are made again for the gradient.
struct NormedLinear: Operation {
    let x: Tensor  // [rows, width]
    let places: NormedLinearPlaces

    var outputShape: Shape { [places.rows, places.outputs] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        kernels.normedLinear(places, values, into: &y)
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let learning = gradients.isWanted(places.matrix)
        gradients.addWithParameters(to: x, from: step.y) { dy, dx, parameters in
            kernels.normedLinearGradient(
                places, values, dy, into: &dx, parameters: &parameters, learning: learning)
        }
    }
}

/// The parameters of a layer norm, `[width]` each.
public struct NormParameters: Sendable {
    let gain: Tensor, bias: Tensor
    let epsilon: Float

    /// A norm with these.
    public init(gain: Tensor, bias: Tensor, epsilon: Float = 1e-5) {
        (self.gain, self.bias, self.epsilon) = (gain, bias, epsilon)
    }

    var places: NormPlaces { NormPlaces(gain: gain.range, bias: bias.range, epsilon: epsilon) }
}

/// The parameters of a linear layer.
public struct LinearParameters: Sendable {
    /// `[outputs, inputs]`.
    public let weight: Tensor
    /// `[outputs]`.
    public let bias: Tensor

    /// A layer with these.
    public init(weight: Tensor, bias: Tensor) { (self.weight, self.bias) = (weight, bias) }
}

extension Gradients {
    /// Whether anybody asks for the gradient of a matrix or its bias.
    func isWanted(_ matrix: MatrixPlaces) -> Bool { isWanted(matrix.weight) || isWanted(matrix.bias) }
}

extension Tape {
    /// `norm(x)·weightᵀ + bias`: x `[rows, width]`, not a parameter; weight `[outputs, width]` → `[rows, outputs]`.
    public mutating func linear(_ x: Tensor, through norm: NormParameters, _ layer: LinearParameters) -> Tensor {
        precondition(layer.weight.width == x.width, "weight \(layer.weight.shape) does not take rows of \(x.shape)")
        return apply(
            NormedLinear(
                x: x,
                places: NormedLinearPlaces(
                    rows: x.rowCount, width: x.width, outputs: layer.weight.rowCount, x: x.range, norm: norm.places,
                    matrix: places(of: layer))))
    }

    mutating func places(of layer: LinearParameters) -> MatrixPlaces {
        MatrixPlaces(weight: layer.weight.range, bias: layer.bias.range, packed: packed(layer.weight))
    }
}
