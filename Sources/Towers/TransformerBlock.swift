import Autodiff
import Kernels
import Tensors

/// What the blocks of one tower share.
struct BlockSettings: Sendable {
    let width, heads, hiddenWidth, layers: Int
    let causal, quickGELU: Bool
}

/// Rows look at each other, then each row by itself passes a hidden layer; both times the result is added to the rows.
///
/// `x += attention(norm(x))`, `x += fc2(gelu(fc1(norm(x))))` — Vaswani et al. 2017, with the norm first as in Radford et
/// al. 2019. Initial weights as Radford et al. 2021 published them with their code and open_clip repeats them:
/// `width^-½` for queries, keys and values, `(2·width)^-½` for fc1, `width^-½·(2·layers)^-½` for what is added to the rows.
struct TransformerBlock: Sendable {
    private let settings: BlockSettings
    private let norm1, norm2: LayerNorm
    private let inWeight, inBias: Tensor  // [3·width, width] and [3·width]: queries, keys, values
    private let outWeight, outBias: Tensor  // [width, width] and [width]
    private let fc1Weight, fc1Bias: Tensor  // [hiddenWidth, width] and [hiddenWidth]
    private let fc2Weight, fc2Bias: Tensor  // [width, hiddenWidth] and [width]

    init(_ name: String, _ settings: BlockSettings, in store: inout ParameterStore) {
        self.settings = settings
        let width = settings.width, hidden = settings.hiddenWidth
        let deviation = 1 / Float(width).squareRoot(), added = deviation / Float(2 * settings.layers).squareRoot()
        norm1 = LayerNorm("\(name).layer_norm1", width: width, in: &store)
        // Beside each other, so that one product makes all three.
        let projections = ["q_proj", "k_proj", "v_proj"].map { "\(name).self_attn.\($0)" }
        let weights = projections.map {
            store.declare("\($0).weight", [width, width], .normal(deviation: deviation), decays: true, isHidden: true)
        }
        let biases = projections.map { store.declare("\($0).bias", [width], .zeros, decays: false) }
        (inWeight, inBias) = (store.joined(weights), store.joined(biases))
        outWeight = store.declare(
            "\(name).self_attn.out_proj.weight", [width, width], .normal(deviation: added), decays: true,
            isHidden: true)
        outBias = store.declare("\(name).self_attn.out_proj.bias", [width], .zeros, decays: false)
        norm2 = LayerNorm("\(name).layer_norm2", width: width, in: &store)
        fc1Weight = store.declare(
            "\(name).mlp.fc1.weight", [hidden, width], .normal(deviation: 1 / Float(2 * width).squareRoot()),
            decays: true, isHidden: true)
        fc1Bias = store.declare("\(name).mlp.fc1.bias", [hidden], .zeros, decays: false)
        fc2Weight = store.declare(
            "\(name).mlp.fc2.weight", [width, hidden], .normal(deviation: added), decays: true, isHidden: true)
        fc2Bias = store.declare("\(name).mlp.fc2.bias", [width], .zeros, decays: false)
    }

    /// `x` is `[rows, width]`, and so is the result; where `kept` is given, the result has these rows alone, and what
    /// follows the attention is not computed for the others.
    func apply(to x: Tensor, _ segments: Segments, keeping kept: [Int]? = nil, on tape: inout Tape) -> Tensor {
        let seen = norm1.apply(to: x, on: &tape)
        let qkv = tape.linear(seen, weight: inWeight, bias: inBias)  // [rows, 3·width]
        var mixed = tape.attention(qkv, segments: segments, heads: settings.heads, causal: settings.causal), x = x
        if let kept { (mixed, x) = (tape.gatherRows(mixed, kept), tape.gatherRows(x, kept)) }
        x = tape.linear(mixed, weight: outWeight, bias: outBias, adding: x)

        let normed = norm2.apply(to: x, on: &tape)
        let hidden = tape.linear(
            normed, weight: fc1Weight, bias: fc1Bias, activation: settings.quickGELU ? .quickGELU : .gelu)
        return tape.linear(hidden, weight: fc2Weight, bias: fc2Bias, adding: x)
    }
}

/// The blocks of a tower, one after the other.
struct BlockStack: Sendable {
    private let blocks: [TransformerBlock]

    init(_ name: String, _ settings: BlockSettings, in store: inout ParameterStore) {
        blocks = (0..<settings.layers).map { TransformerBlock("\(name).layers.\($0)", settings, in: &store) }
    }

    /// `x` is `[rows, width]`, and so is the result; where `kept` is given, the last block makes these rows alone.
    ///
    /// Unless the step is recorded, all values made since `mark` but the result are forgotten, so that a tower's memory
    /// does not grow with its layers.
    func apply(
        to x: Tensor, _ segments: Segments, keeping kept: [Int]? = nil, since mark: Tape.Mark, on tape: inout Tape
    ) -> Tensor {
        var x = x
        for (number, block) in blocks.enumerated() {
            let kept = number == blocks.count - 1 ? kept : nil
            x = tape.release(to: mark, keeping: block.apply(to: x, segments, keeping: kept, on: &tape))
        }
        return x
    }
}
