public import Autodiff
import Kernels

/// The CLIP loss: each picture must pick its own caption from the batch, and each caption its picture.
///
/// `½·[CE(s·P·Cᵀ) + CE(s·C·Pᵀ)]`, in nats — Radford et al. 2021, fig. 3. The same picture or the same caption twice in
/// a batch is no negative. Chance level is `ln(batch)`, less where pairs are no negatives. Decoupled, the true pair takes no
/// part in the sums over the batch, so that an easy one does not weaken the gradient of the others — Yeh et al. 2022 (DCL),
/// equation 6; chance is then `ln(batch − 1)`.
public struct SoftmaxContrastive: Objective {
    /// `clip`.
    public static let name = "clip"
    /// Pairs.
    public static let learnsFrom = "pictures with captions"
    /// Whether the true pair is left out of the sums.
    public var isDecoupled = false

    /// The published loss.
    public init() {}

    /// The published loss, or the decoupled one.
    public init(isDecoupled: Bool) { self.isDecoupled = isDecoupled }

    /// Pairs.
    public var needs: Set<BatchNeed> { [.pairs] }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        loss(of: batch.needed(batch.pairs, "pairs"), on: &tape)
    }

    func loss(of pairs: EmbeddedPairs, on tape: inout Tape) -> Tensor {
        let logits = tape.similarities(pairs.pictures, pairs.captions, logScale: pairs.logLogitScale)  // [batch, batch]
        return tape.symmetricCrossEntropy(logits, ignoring: ignored(pairs.duplicates, pairs.pictureIDs.count))  // []
    }

    /// The mean over rows of `ln(1 + negatives)`; decoupled, without the 1.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        let pairs = batch.needed(batch.pairs, "pairs"), n = pairs.pictureIDs.count
        return chanceOfChoice(n, ignoring: ignored(pairs.duplicates, n))
    }

    private func ignored(_ duplicates: [Bool], _ n: Int) -> [Bool] {
        guard isDecoupled, n > 1 else { return duplicates }
        return (0..<n * n).map { $0 / n == $0 % n || !duplicates.isEmpty && duplicates[$0] }
    }
}
