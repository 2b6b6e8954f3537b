public import Autodiff
import Kernels

/// An objective in which of two texts that belong together each must pick the other from the batch.
///
/// `½·[CE(s·A·Bᵀ) + CE(s·B·Aᵀ)]` of unit rows with s = 20 — Henderson et al. 2017, section 4.4, in both directions as in
/// Radford et al. 2021; the scale is that of Reimers & Gurevych's sentence-transformers. The same text twice in a batch is
/// no negative. Chance level is `ln(batch)`.
public protocol InBatchNegatives: Objective {
    /// Which two texts belong together.
    static var pairing: TextPairing { get }
    /// s: what cosines are multiplied by.
    static var scale: Float { get }
}

extension InBatchNegatives {
    /// That of sentence-transformers.
    public static var scale: Float { 20 }

    /// Two texts that belong together.
    public var needs: Set<BatchNeed> { [.textPairs(Self.pairing)] }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        let views = views(of: batch)
        let first = tape.normalizeRows(views.first), second = tape.normalizeRows(views.second)
        let logits = tape.similarities(first, second, logScale: tape.constant(naturalLogarithm(Self.scale)))
        return tape.symmetricCrossEntropy(logits, ignoring: views.duplicates)
    }

    /// `ln(batch)`, less where the same text stands twice.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        let views = views(of: batch)
        return chanceOfChoice(views.count, ignoring: views.duplicates)
    }

    private func views(of batch: EmbeddedBatch) -> TwoViews {
        batch.needed(batch.textPairs[Self.pairing], "pairs of texts")
    }
}
