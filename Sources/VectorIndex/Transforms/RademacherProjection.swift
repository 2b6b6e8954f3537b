public import Failures
import Tensors

/// Projects embeddings onto k directions of signs drawn by lot: every entry of the matrix is `±1/√k`, each sign as
/// likely.
///
/// Achlioptas 2003, "Database-friendly random projections", theorem 1.1, eq. 1: the dense one of its two matrices;
/// `SparseProjection` is the other.
public struct RademacherProjection: EmbeddingTransform {
    /// `rademacher`.
    public static let name = "rademacher"
    /// What `--help` says of it.
    public static let summary = "projected by signs drawn by lot"
    /// It can make embeddings shorter.
    public static let shortens = true
    /// The length of what it makes.
    public let outputDim: Int
    private let seed: UInt64

    /// The transform to so many dimensions, drawn by lot from `seed`.
    public init(outputDim: Int, seed: UInt64) { (self.outputDim, self.seed) = (outputDim, seed) }

    /// Draws a matrix for the length of the rows.
    public func fit(on rows: inout FittingRows) throws(Failure) -> FittedTransform {
        let scale = 1 / Float(outputDim).squareRoot(), width = rows.embedDim
        let matrix = (0..<outputDim).flatMap { row in
            var random = SeededRandom(seed: seed, purpose: .projection, epoch: 2, item: row)
            return (0..<width).map { _ in random.index(below: 2) == 0 ? scale : -scale }
        }
        return FittedTransform(Self.name, inputDim: width, outputDim: outputDim, matrix: matrix)
    }

    /// The promise of Johnson and Lindenstrauss.
    public static func distortionBound(vectors: Int, outputDim: Int) -> Double? {
        johnsonLindenstraussBound(vectors: vectors, outputDim: outputDim)
    }
}
