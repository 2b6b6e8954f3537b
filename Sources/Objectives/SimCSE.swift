public import Autodiff

/// A text passes the tower twice, under two drops of its numbers: each must pick the other from the batch.
///
/// Gao et al. 2021, equation 4, with its temperature of 0.05 and in both directions (`InBatchNegatives`). The dropped
/// numbers are the only augmentation, so the tower must drop some: a tenth, as BERT does.
public struct SimCSE: Objective {
    /// `simcse`.
    public static let name = "simcse"
    /// Texts alone.
    public static let learnsFrom = "texts"
    private let contrast = InBatchNegatives(scale: 1 / 0.05)

    /// The published settings.
    public init() {}

    /// A text twice.
    public var needs: Set<BatchNeed> { [.textPairs(.twice)] }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        contrast.loss(of: batch.needed(batch.textPairs[.twice], "texts twice"), on: &tape)
    }

    /// `ln(batch)`, less where the same text stands twice.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        contrast.chanceLoss(batch.needed(batch.textPairs[.twice], "texts twice"))
    }
}
