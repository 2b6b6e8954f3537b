import Autodiff
import Tensors

/// What stands between a tower and a contrastive loss, and is thrown away after training: layers with batch norm and ReLU
/// between them — Chen et al. 2020 (SimCLR), section 4.2; the depths and norms are those of Chen et al. 2021 (MoCo v3),
/// section 3, whose last layer has a batch norm without parameters.
///
/// A head that has a slow copy declares that with `declareCopy`; `follow` moves the copy.
struct ProjectionHead: Sendable {
    private struct Layer {
        let weight: Tensor  // [outputs, inputs]
        let gain, bias: Tensor?  // [outputs]
    }

    private let layers: [Layer]
    /// All parameters, one behind the other.
    let parameters: Range<Int>

    /// Layers from `widths[0]` inputs to `widths.last` outputs.
    init(_ name: String, widths: [Int], in store: inout ParameterStore) {
        let start = store.count
        layers = (1..<widths.count).map { number in
            let (inputs, outputs) = (widths[number - 1], widths[number]), isLast = number == widths.count - 1
            let weight = store.declare(
                "\(name).\(number).weight", [outputs, inputs], .normal(deviation: 1 / Float(inputs).squareRoot()),
                decays: true)
            guard !isLast else { return Layer(weight: weight, gain: nil, bias: nil) }
            return Layer(
                weight: weight,
                gain: store.declare("\(name).\(number).norm.weight", [outputs], .ones, decays: false),
                bias: store.declare("\(name).\(number).norm.bias", [outputs], .zeros, decays: false))
        }
        parameters = start..<store.count
    }

    /// x `[rows, widths[0]]` → unit rows `[rows, widths.last]`.
    func apply(to x: Tensor, on tape: inout Tape) -> Tensor {
        var x = x
        for layer in layers {
            x = tape.linear(x, weight: layer.weight, bias: nil)
            x = tape.batchNorm(x, gain: layer.gain, bias: layer.bias)
            if layer.gain != nil { x = tape.rectify(x) }
        }
        return tape.normalizeRows(x)
    }
}
