import Autodiff
import Kernels
import Tensors

/// Guesses tokens from a tower's rows: a layer with GELU and a norm, then the tower's own table of tokens and a bias —
/// Devlin et al. 2019, with their code; the table is shared as in Press & Wolf 2017.
struct TokenHead: Sendable {
    private let weight, layerBias: Tensor  // [width, width] and [width]
    private let gain, normBias: Tensor  // [width]
    private let bias: Tensor  // [vocabSize]

    init(_ name: String, _ setting: ObjectiveSetting, in store: inout ParameterStore) {
        let width = setting.textWidth
        weight = store.declare("\(name).dense.weight", [width, width], .normal(deviation: 0.02), decays: true)
        layerBias = store.declare("\(name).dense.bias", [width], .zeros, decays: false)
        gain = store.declare("\(name).LayerNorm.weight", [width], .ones, decays: false)
        normBias = store.declare("\(name).LayerNorm.bias", [width], .zeros, decays: false)
        bias = store.declare("\(name).bias", [setting.vocabSize], .zeros, decays: false)
    }

    /// The cross-entropy of the hidden tokens, `[]`, in nats.
    func loss(of predicted: PredictedTokens, on tape: inout Tape) -> Tensor {
        let hidden = tape.linear(predicted.rows, weight: weight, bias: layerBias, activation: .gelu)
        let rows = tape.layerNorm(hidden, gain: gain, bias: normBias)  // [predicted, width]
        let logits = tape.linear(rows, weight: predicted.table, bias: bias)  // [predicted, vocabSize]
        return tape.crossEntropy(logits, targets: predicted.targets)
    }

    /// The logarithm of the number of tokens.
    func chanceLoss(_ predicted: PredictedTokens) -> Float { naturalLogarithm(Float(predicted.table.rowCount)) }
}
