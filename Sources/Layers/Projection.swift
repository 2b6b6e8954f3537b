package import Autodiff
import Kernels
import Tensors

/// How a tower's row becomes an embedding.
package enum ProjectionPlan: Sendable, Equatable {
    /// Multiplied by a matrix of this name, `[embedDim, width]`.
    case linear(String)
    /// The same, with a bias beside the matrix: the head of a tower.
    case affine(String)
    /// Through a hidden layer of this width with GELU and a bias; then a matrix and a bias again.
    case hidden(String, width: Int)
}

/// Brings a tower's row to the length of the joint embedding: by a matrix (Radford et al. 2021, figure 3), or through a
/// hidden layer (Chen et al. 2020, SimCLR, section 4.2).
package struct Projection: Sendable {
    private struct Layer {
        let weight: Tensor  // [outputs, inputs]
        let bias: Tensor?  // [outputs]
    }

    private let layers: [Layer]
    private let dropout: Float

    /// Initial weights as published: deviation `inputs^-½`. `dropout` is the share of hidden numbers that a recorded step
    /// sets to zero.
    package init(
        _ plan: ProjectionPlan, width: Int, embedDim: Int, dropout: Float = 0, in store: inout ParameterStore
    ) {
        func layer(
            _ name: String, _ inputs: Int, _ outputs: Int, hasBias: Bool = true, in store: inout ParameterStore
        ) -> Layer {
            let weight = store.declare(
                "\(name).weight", [outputs, inputs], .normal(deviation: 1 / Float(inputs).squareRoot()), decays: true)
            return Layer(
                weight: weight,
                bias: hasBias ? store.declare("\(name).bias", [outputs], .zeros, decays: false) : nil)
        }
        self.dropout = dropout
        switch plan {
        case .linear(let name): layers = [layer(name, width, embedDim, hasBias: false, in: &store)]
        case .affine(let name): layers = [layer(name, width, embedDim, in: &store)]
        case .hidden(let name, let hidden):
            layers = [
                layer("\(name).fc1", width, hidden, in: &store), layer("\(name).fc2", hidden, embedDim, in: &store),
            ]
        }
    }

    /// Each layer's matrix `[outputs, inputs]` and its bias, where it has one; GELU stands between two.
    package var parameters: [(weight: Tensor, bias: Tensor?)] { layers.map { ($0.weight, $0.bias) } }

    /// `x` is `[rows, width]`; the result is `[rows, embedDim]`.
    package func apply(to x: Tensor, on tape: inout Tape) -> Tensor {
        var x = x
        for (number, layer) in layers.enumerated() {
            let isLast = number == layers.count - 1
            x = tape.linear(x, weight: layer.weight, bias: layer.bias, activation: isLast ? .none : .gelu)
            if !isLast { x = tape.dropout(x, share: dropout) }
        }
        return x
    }
}
