public import Failures
import Tensors

/// Projects embeddings onto k directions that look at a third of the dimensions each: an entry of the matrix is
/// `+√(3/k)` with chance 1/6, `−√(3/k)` with chance 1/6, and else 0.
///
/// Achlioptas 2003, "Database-friendly random projections", theorem 1.1, eq. 2.
public struct SparseProjection: EmbeddingTransform {
    /// `sparse`.
    public static let name = "sparse"
    /// What `--help` says of it.
    public static let summary = "projected by signs drawn by lot, two thirds of them zero"
    /// It can make embeddings shorter.
    public static let shortens = true
    /// The length of what it makes.
    public let outputDim: Int
    private let seed: UInt64

    /// The transform to so many dimensions, drawn by lot from `seed`.
    public init(outputDim: Int, seed: UInt64) { (self.outputDim, self.seed) = (outputDim, seed) }

    /// Draws a matrix for the length of the rows.
    public func fit(on rows: inout FittingRows) throws(Failure) -> FittedTransform {
        let scale = (3 / Float(outputDim)).squareRoot(), width = rows.embedDim
        let entries: [Float] = [scale, -scale, 0, 0, 0, 0]
        let matrix = (0..<outputDim).flatMap { row in
            var random = SeededRandom(seed: seed, purpose: .projection, epoch: 3, item: row)
            return (0..<width).map { _ in entries[random.index(below: 6)] }
        }
        return FittedTransform(Self.name, inputDim: width, outputDim: outputDim, matrix: matrix)
    }

    /// The promise of Johnson and Lindenstrauss.
    public static func distortionBound(vectors: Int, outputDim: Int) -> Double? {
        johnsonLindenstraussBound(vectors: vectors, outputDim: outputDim)
    }
}
