import Autodiff
import Kernels
import Layers
import Tensors

/// A learnt query gathers all rows of a picture, then passes a hidden layer: "MAP", Zhai et al. 2022, section 3.2.
struct AttentionPooling: Sendable {
    private let settings: BlockSettings
    private let probe: Tensor  // [1, width]
    private let inWeight, inBias: Tensor  // [3·width, width] and [3·width]: query, keys, values
    private let outWeight, outBias: Tensor  // [width, width] and [width]
    private let norm: LayerNorm
    private let fc1Weight, fc1Bias: Tensor  // [hiddenWidth, width] and [hiddenWidth]
    private let fc2Weight, fc2Bias: Tensor  // [width, hiddenWidth] and [width]

    init(_ name: String, _ settings: BlockSettings, in store: inout ParameterStore) {
        self.settings = settings
        let width = settings.width, hidden = settings.hiddenWidth, deviation = 1 / Float(width).squareRoot()
        func declare(_ part: String, _ shape: Shape, in store: inout ParameterStore) -> Tensor {
            let isMatrix = shape.rank == 2
            return store.declare(
                "\(name).\(part)", shape, isMatrix ? .normal(deviation: deviation) : .zeros, decays: isMatrix)
        }
        probe = declare("probe", [1, width], in: &store)
        inWeight = declare("attention.in_proj_weight", [3 * width, width], in: &store)
        inBias = declare("attention.in_proj_bias", [3 * width], in: &store)
        outWeight = declare("attention.out_proj.weight", [width, width], in: &store)
        outBias = declare("attention.out_proj.bias", [width], in: &store)
        norm = LayerNorm("\(name).layernorm", width: width, epsilon: settings.epsilon, in: &store)
        fc1Weight = declare("mlp.fc1.weight", [hidden, width], in: &store)
        fc1Bias = declare("mlp.fc1.bias", [hidden], in: &store)
        fc2Weight = declare("mlp.fc2.weight", [width, hidden], in: &store)
        fc2Bias = declare("mlp.fc2.bias", [width], in: &store)
    }

    /// `x` is `[rows, width]`; the result is `[segments, width]`.
    func apply(to x: Tensor, _ segments: Segments, on tape: inout Tape) -> Tensor {
        let width = settings.width, others = width..<3 * width
        let query = tape.linear(probe, weight: inWeight.rows(0..<width), bias: inBias.rows(0..<width))
        let queries = tape.gatherRows(query, [Int](repeating: 0, count: segments.count))
        let keysAndValues = tape.linear(x, weight: inWeight.rows(others), bias: inBias.rows(others))
        let mixed = tape.pooledAttention(queries, keysAndValues, segments: segments, heads: settings.heads)
        let pooled = tape.linear(mixed, weight: outWeight, bias: outBias)
        let hidden = tape.linear(
            norm.apply(to: pooled, on: &tape), weight: fc1Weight, bias: fc1Bias, activation: settings.activation)
        return tape.linear(hidden, weight: fc2Weight, bias: fc2Bias, adding: pooled)
    }
}
