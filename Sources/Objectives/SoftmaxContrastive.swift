public import Autodiff
import Kernels

/// The CLIP loss: each picture must pick its own caption from the batch, and each caption its picture.
///
/// `½·[CE(s·P·Cᵀ) + CE(s·C·Pᵀ)]`, in nats — Radford et al. 2021, fig. 3. The same picture or the same caption twice in
/// a batch is no negative. Chance level is `ln(batch)`, less where pairs are no negatives.
public struct SoftmaxContrastive: Objective {
    /// `clip`.
    public static let name = "clip"

    /// It has no settings.
    public init() {}

    /// Pairs.
    public var needs: BatchNeeds { [.pictures, .captions] }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        let logits = tape.similarities(batch.pictures, batch.captions, logScale: batch.logLogitScale)  // [batch, batch]
        return tape.symmetricCrossEntropy(logits, ignoring: batch.duplicates)  // []
    }

    /// The mean over rows of `ln(1 + negatives)`.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float {
        let n = batch.pictureIDs.count, ignored = batch.duplicates
        guard !ignored.isEmpty else { return naturalLogarithm(Float(n)) }
        let sums = (0..<n).map { i in
            naturalLogarithm(Float(n - ignored[i * n..<(i + 1) * n].count { $0 }))
        }
        return sums.reduce(0, +) / Float(n)
    }
}
