import Autodiff
import Tensors

/// Brings a tower's row to the length of the joint embedding. Radford et al. 2021, figure 3.
struct Projection: Sendable {
    private let weight: Tensor?  // [embedDim, width]
    private let bias: Tensor?  // [embedDim]

    /// Initial weights as published: deviation `width^-½`.
    init(_ plan: ProjectionPlan, width: Int, embedDim: Int, in store: inout ParameterStore) {
        let initial = ParameterStore.Initial.normal(deviation: 1 / Float(width).squareRoot())
        switch plan {
        case .none: (weight, bias) = (nil, nil)
        case .linear(let name):
            weight = store.declare("\(name).weight", [embedDim, width], initial, decays: true)
            bias = nil
        case .affine(let name):
            weight = store.declare("\(name).weight", [embedDim, width], initial, decays: true)
            bias = store.declare("\(name).bias", [embedDim], .zeros, decays: false)
        }
    }

    /// `x` is `[rows, width]`; the result is `[rows, embedDim]`.
    func apply(to x: Tensor, on tape: inout Tape) -> Tensor {
        guard let weight else { return x }
        return tape.linear(x, weight: weight, bias: bias)
    }
}
