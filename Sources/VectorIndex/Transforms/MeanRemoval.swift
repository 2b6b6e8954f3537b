public import Failures

/// Takes the mean off, which takes embeddings out of the narrow cone in which those of one modality lie.
///
/// Mu & Viswanath 2018, "All-but-the-top", section 2, step 1.
public struct MeanRemoval: EmbeddingTransform {
    /// `mean`.
    public static let name = "mean"
    /// What `--help` says of it.
    public static let summary = "their mean taken off"
    /// All dimensions are kept.
    public static let shortens = false
    /// The length of what it makes.
    public let outputDim: Int

    /// The transform to so many dimensions; nothing is drawn by lot.
    public init(outputDim: Int, seed: UInt64 = 0) { self.outputDim = outputDim }

    /// Takes the mean of the rows.
    public func fit(on rows: inout FittingRows) throws(Failure) -> FittedTransform {
        FittedTransform(
            Self.name, inputDim: rows.embedDim, outputDim: rows.embedDim, mean: rows.mean().map { Float($0) })
    }
}
