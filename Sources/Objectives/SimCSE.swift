/// A text passes the tower twice, under two drops of its numbers: each must pick the other from the batch.
///
/// Gao et al. 2021, equation 4, with its temperature of 0.05 and in both directions (`InBatchNegatives`). The dropped
/// numbers are the only augmentation, so the tower must drop some: a tenth, as BERT does.
public struct SimCSE: InBatchNegatives {
    /// `simcse`.
    public static let name = "simcse"
    /// Texts alone.
    public static let learnsFrom = "texts"
    /// A text and itself.
    public static let pairing = TextPairing.twice
    /// 1 / 0.05.
    public static let scale: Float = 1 / 0.05

    /// The published settings.
    public init() {}
}
