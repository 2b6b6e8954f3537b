public import Autodiff

/// The two columns of a row belong together, whatever they are: paraphrases, questions and answers, words and meanings.
///
/// Henderson et al. 2017, section 4.4; the loss is `InBatchNegatives`.
public struct Paraphrase: Objective {
    /// `paraphrase`.
    public static let name = "paraphrase"
    /// Texts alone.
    public static let learnsFrom = "a table of two columns, a text and one that belongs to it"
    private let contrast = InBatchNegatives()

    /// It has no settings.
    public init() {}

    /// Two texts that belong together.
    public var needs: Set<BatchNeed> { [.textPairs(.columns)] }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        contrast.loss(of: batch.needed(batch.textPairs[.columns], "pairs of texts"), on: &tape)
    }

    /// `ln(batch)`, less where the same text stands twice.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        contrast.chanceLoss(batch.needed(batch.textPairs[.columns], "pairs of texts"))
    }
}
