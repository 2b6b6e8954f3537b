public import Failures

/// Keeps the first k numbers of each embedding: for models that were trained to put the most into the first ones.
///
/// Kusupati et al. 2022, "Matryoshka representation learning", section 3.
public struct Prefix: EmbeddingTransform {
    /// `prefix`.
    public static let name = "prefix"
    /// What `--help` says of it.
    public static let summary = "the first numbers alone"
    /// It can make embeddings shorter.
    public static let shortens = true
    /// The length of what it makes.
    public let outputDim: Int

    /// The transform to so many dimensions; nothing is drawn by lot.
    public init(outputDim: Int, seed: UInt64 = 0) { self.outputDim = outputDim }

    /// Looks at nothing but the length of the rows.
    public func fit(on rows: inout FittingRows) throws(Failure) -> FittedTransform {
        FittedTransform(Self.name, inputDim: rows.embedDim, outputDim: outputDim)
    }
}
