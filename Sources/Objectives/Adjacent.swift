public import Autodiff

/// Neighbouring sentences belong together: each must pick the other from the batch.
///
/// The signal is that of Kiros et al. 2015 (skip-thought) and Logeswaran & Lee 2018 (quick thoughts, section 3), which picks the
/// neighbour among candidates as here; the loss is `InBatchNegatives`.
public struct Adjacent: Objective {
    /// `adjacent`.
    public static let name = "adjacent"
    /// Texts alone.
    public static let learnsFrom = "documents of two sentences or more"
    private let contrast = InBatchNegatives()

    /// It has no settings.
    public init() {}

    /// Two texts that belong together.
    public var needs: Set<BatchNeed> { [.textPairs(.neighbours)] }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        contrast.loss(of: batch.needed(batch.textPairs[.neighbours], "pairs of texts"), on: &tape)
    }

    /// `ln(batch)`, less where the same text stands twice.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        contrast.chanceLoss(batch.needed(batch.textPairs[.neighbours], "pairs of texts"))
    }
}
