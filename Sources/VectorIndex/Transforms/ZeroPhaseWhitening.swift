public import Failures
import Kernels

/// Makes all directions vary alike and stays as near to the embeddings as that allows: `y = U·diag(1/√λ)·Uᵀ·(x − μ)`.
///
/// Bell & Sejnowski 1997; Kessy et al. 2018, "Optimal whitening and decorrelation", table 1. Directions in which
/// nothing varies become zero.
public struct ZeroPhaseWhitening: EmbeddingTransform {
    /// `zca`.
    public static let name = "zca"
    /// What `--help` says of it.
    public static let summary = "all directions made equally strong, turned as before"
    /// All dimensions are kept.
    public static let shortens = false
    /// The length of what it makes.
    public let outputDim: Int

    /// The transform to so many dimensions; nothing is drawn by lot.
    public init(outputDim: Int, seed: UInt64 = 0) { self.outputDim = outputDim }

    /// Finds all directions in which the rows vary, and how much.
    ///
    /// - Throws: `.badSettings` where all rows are equal.
    public func fit(on rows: inout FittingRows) throws(Failure) -> FittedTransform {
        let axes = rows.axes(), width = rows.embedDim, varied = rows.variedDimensions()
        guard varied > 0 else {
            throw .unfit(Self.name, "the \(rows.count) vectors are all equal", "fit on vectors that differ")
        }
        // W = HᵀH for H = diag(λ^-¼)·Uᵀ, [varied, width].
        let half = (0..<varied).flatMap { i in
            let scale = 1 / axes.values[i].squareRoot().squareRoot()
            return axes.vectors[i * width..<(i + 1) * width].map { Float($0 * scale) }
        }
        var matrix = [Float](repeating: 0, count: width * width), target = matrix.mutableSpan
        matrixProduct(
            half.span, half.span, transposingLeft: true, rows: width, columns: width, inner: varied, into: &target)
        return FittedTransform(
            Self.name, inputDim: width, outputDim: width, mean: rows.mean().map { Float($0) }, matrix: matrix)
    }
}
