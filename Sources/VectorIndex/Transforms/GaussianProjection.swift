public import Failures
import Tensors

/// Projects embeddings onto k directions drawn by lot: the entries of the matrix are normal, with variance `1/k`.
///
/// Johnson & Lindenstrauss 1984; Dasgupta & Gupta 2003, "An elementary proof of a theorem of Johnson and
/// Lindenstrauss", theorem 2.1. The numbers are near-normal (`SeededRandom.normal`).
public struct GaussianProjection: EmbeddingTransform {
    /// `gaussian`.
    public static let name = "gaussian"
    /// What `--help` says of it.
    public static let summary = "projected by normal numbers drawn by lot"
    /// It can make embeddings shorter.
    public static let shortens = true
    /// The length of what it makes.
    public let outputDim: Int
    private let seed: UInt64

    /// The transform to so many dimensions, drawn by lot from `seed`.
    public init(outputDim: Int, seed: UInt64) { (self.outputDim, self.seed) = (outputDim, seed) }

    /// Draws a matrix for the length of the rows.
    public func fit(on rows: inout FittingRows) throws(Failure) -> FittedTransform {
        let scale = 1 / Float(outputDim).squareRoot()
        return FittedTransform(
            Self.name, inputDim: rows.embedDim, outputDim: outputDim,
            matrix: normalNumbers(outputDim, rows.embedDim, seed: seed, stream: 1).map { $0 * scale })
    }

    /// The promise of Johnson and Lindenstrauss.
    public static func distortionBound(vectors: Int, outputDim: Int) -> Double? {
        johnsonLindenstraussBound(vectors: vectors, outputDim: outputDim)
    }
}

/// Near-normal numbers, `[rows, columns]`; a row's luck is its own, and so is a stream's.
func normalNumbers(_ rows: Int, _ columns: Int, seed: UInt64, stream: Int) -> [Float] {
    (0..<rows).flatMap { row in
        var random = SeededRandom(seed: seed, purpose: .projection, epoch: stream, item: row)
        return (0..<columns).map { _ in random.normal() }
    }
}
