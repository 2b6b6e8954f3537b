public import Failures

/// Embeddings as they are: what the others are compared with.
public struct Unchanged: EmbeddingTransform {
    /// `none`.
    public static let name = "none"
    /// What `--help` says of it.
    public static let summary = "as they are"
    /// All dimensions are kept.
    public static let shortens = false
    /// The length of what it makes.
    public let outputDim: Int

    /// The transform to so many dimensions; nothing is drawn by lot.
    public init(outputDim: Int, seed: UInt64 = 0) { self.outputDim = outputDim }

    /// Looks at nothing but the length of the rows.
    public func fit(on rows: inout FittingRows) throws(Failure) -> FittedTransform {
        FittedTransform(Self.name, inputDim: rows.embedDim, outputDim: rows.embedDim)
    }
}
