public import Autodiff
import Kernels
import Tensors

/// Whether the second of two sentences in one sequence follows the first: half of them do.
///
/// Devlin et al. 2019 (BERT), section 3.1, task 2: two classes from the pooled row. Chance level is `ln 2`.
public struct NextSentence: Objective {
    /// `nsp`.
    public static let name = "nsp"
    /// Documents.
    public static let learnsFrom = "documents of two sentences or more"
    private var weight, bias: Tensor?  // [2, width] and [2]

    /// The published settings.
    public init() {}

    /// Two sentences in one sequence.
    public var needs: Set<BatchNeed> { [.sentencePairs] }

    /// What decides.
    public mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore) {
        weight = store.declare(
            "objective.nsp.weight", [2, setting.textWidth], .normal(deviation: 0.02), decays: true)
        bias = store.declare("objective.nsp.bias", [2], .zeros, decays: false)
    }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        let pairs = batch.needed(batch.sentencePairs, "pairs of sentences")
        let weight = batch.needed(weight, "a declared layer")
        let logits = tape.linear(pairs.rows, weight: weight, bias: bias)  // [batch, 2]
        return tape.crossEntropy(logits, targets: pairs.isNext.map { $0 ? 0 : 1 })
    }

    /// `ln 2`.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? { naturalLogarithm(2) }
}
