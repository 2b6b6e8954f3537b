public import Autodiff
import Kernels
import Tensors

/// The SigLIP loss: each picture and each caption of a batch belong together or not, one decision a pair.
///
/// `−1/n·Σ_ij log σ(z_ij·(s·p_i·c_j + b))` — Zhai et al. 2023, equation 3. The bias begins at `ln(p/(1 − p))` with
/// `p = 1/batch`, the share of true pairs, so that the first loss is that of knowing the share and nothing else: the paper's
/// −10 is right for its batch of 32,768. The same picture or caption twice in a batch is neither true nor false.
public struct SigmoidContrastive: Objective {
    /// `siglip`.
    public static let name = "siglip"
    /// Pairs.
    public static let learnsFrom = "pictures with captions"
    private var bias: Tensor?  // []

    /// It has no settings.
    public init() {}

    /// Pairs.
    public var needs: Set<BatchNeed> { [.pairs] }

    /// The bias.
    public mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore) {
        let others = Float(max(setting.batchSize - 1, 1))
        bias = store.declare("objective.siglip.logit_bias", [], .constant(-naturalLogarithm(others)), decays: false)
    }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        let pairs = batch.needed(batch.pairs, "pairs")
        let logits = tape.similarities(pairs.pictures, pairs.captions, logScale: pairs.logLogitScale)  // [batch, batch]
        return tape.sigmoidCrossEntropy(
            logits, bias: batch.needed(bias, "a declared bias"), ignoring: pairs.duplicates)
    }

    /// The entropy of a pair's being true, once for each pair of a row: `n·H(1/n)`.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        let n = Float(batch.needed(batch.pairs, "pairs").pictureIDs.count)
        guard n > 1 else { return naturalLogarithm(2) }
        return naturalLogarithm(n) + (n - 1) * naturalLogarithm(n / (n - 1))
    }
}
