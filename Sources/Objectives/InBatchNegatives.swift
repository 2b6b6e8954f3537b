import Autodiff
import Kernels

/// Of two texts that belong together, each must pick the other from the batch.
///
/// `½·[CE(s·A·Bᵀ) + CE(s·B·Aᵀ)]` of unit rows with s = 20 — Henderson et al. 2017, section 4.4, in both directions as in
/// Radford et al. 2021; the scale is that of Reimers & Gurevych's sentence-transformers. The same text twice in a batch is
/// no negative. Chance level is `ln(batch)`.
struct InBatchNegatives: Sendable {
    var scale: Float = 20

    func loss(of views: TwoViews, on tape: inout Tape) -> Tensor {
        let first = tape.normalizeRows(views.first), second = tape.normalizeRows(views.second)
        let logits = tape.similarities(first, second, logScale: tape.constant(naturalLogarithm(scale)))
        return tape.symmetricCrossEntropy(logits, ignoring: views.duplicates)
    }

    func chanceLoss(_ views: TwoViews) -> Float { chanceOfChoice(views.count, ignoring: views.duplicates) }
}
