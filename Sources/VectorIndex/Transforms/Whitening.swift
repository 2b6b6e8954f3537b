public import Failures
import Kernels

/// Makes all directions vary alike and keeps the k strongest: `y = diag(1/√λ)·U_kᵀ·(x − μ)`, U and λ being the
/// eigenvectors and eigenvalues of the covariance.
///
/// Su et al. 2021, "Whitening sentence representations for better semantics and faster retrieval", eq. 4 to 8 and
/// algorithm 1.
public struct Whitening: EmbeddingTransform {
    /// `whiten`.
    public static let name = "whiten"
    /// What `--help` says of it.
    public static let summary = "the directions of most variance, made equally strong"
    /// It can make embeddings shorter.
    public static let shortens = true
    /// The length of what it makes.
    public let outputDim: Int

    /// The transform to so many dimensions; nothing is drawn by lot.
    public init(outputDim: Int, seed: UInt64 = 0) { self.outputDim = outputDim }

    /// Finds the directions in which the rows vary most, and how much.
    ///
    /// - Throws: `.badSettings` where the rows vary in fewer than `outputDim` directions: nothing can make those alike.
    public func fit(on rows: inout FittingRows) throws(Failure) -> FittedTransform {
        let axes = rows.axes(), width = rows.embedDim, varied = rows.variedDimensions()
        guard outputDim <= varied else {
            throw .unfit(
                "\(Self.name):\(outputDim)", "\(rows.count) vectors vary in \(varied) directions",
                varied > 0 ? "ask for at most \(varied), or fit on more vectors" : "fit on vectors that differ")
        }
        let matrix = (0..<outputDim).flatMap { i in
            let scale = 1 / axes.values[i].squareRoot()
            return axes.vectors[i * width..<(i + 1) * width].map { Float($0 * scale) }
        }
        return FittedTransform(
            Self.name, inputDim: width, outputDim: outputDim, mean: rows.mean().map { Float($0) }, matrix: matrix)
    }
}
