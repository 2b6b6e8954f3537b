public import Autodiff

/// Two parts of one document belong together: each must pick the other from the batch.
///
/// Giorgi et al. 2021 (DeCLUTR), section 3, without its sampling of lengths; of a sequence that is one part, the parts are
/// its halves. The loss is `InBatchNegatives`.
public struct SameDocument: Objective {
    /// `same-document`.
    public static let name = "same-document"
    /// Texts alone.
    public static let learnsFrom = "documents of two sentences or more"
    private let contrast = InBatchNegatives()

    /// It has no settings.
    public init() {}

    /// Two texts that belong together.
    public var needs: Set<BatchNeed> { [.textPairs(.sameDocument)] }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        contrast.loss(of: batch.needed(batch.textPairs[.sameDocument], "pairs of texts"), on: &tape)
    }

    /// `ln(batch)`, less where the same text stands twice.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        contrast.chanceLoss(batch.needed(batch.textPairs[.sameDocument], "pairs of texts"))
    }
}
