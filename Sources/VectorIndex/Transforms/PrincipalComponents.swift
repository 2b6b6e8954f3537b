public import Failures
import Kernels

/// Keeps the directions in which embeddings vary most: `y = U_kᵀ·(x − μ)`, U_k being the eigenvectors of the covariance
/// that have the k largest eigenvalues.
///
/// Hotelling 1933; Jolliffe 2002, "Principal Component Analysis", section 1.1.
public struct PrincipalComponents: EmbeddingTransform {
    /// `pca`.
    public static let name = "pca"
    /// What `--help` says of it.
    public static let summary = "the directions of most variance, mean taken off"
    /// It can make embeddings shorter.
    public static let shortens = true
    /// The length of what it makes.
    public let outputDim: Int

    /// The transform to so many dimensions; nothing is drawn by lot.
    public init(outputDim: Int, seed: UInt64 = 0) { self.outputDim = outputDim }

    /// Finds the directions in which the rows vary most.
    public func fit(on rows: inout FittingRows) throws(Failure) -> FittedTransform {
        let vectors = rows.axes().vectors.prefix(outputDim * rows.embedDim)
        return FittedTransform(
            Self.name, inputDim: rows.embedDim, outputDim: outputDim, mean: rows.mean().map { Float($0) },
            matrix: vectors.map { Float($0) })
    }
}
