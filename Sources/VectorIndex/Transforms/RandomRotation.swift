public import Failures
import Kernels

/// Turns embeddings by an orthogonal matrix drawn by lot, which spreads what they hold over all dimensions and changes
/// no cosine: what comes before codes of single dimensions, or before a prefix.
///
/// The matrix is the Q of a matrix of near-normal numbers: Mezzadri 2007, section 5.
public struct RandomRotation: EmbeddingTransform {
    /// `rotate`.
    public static let name = "rotate"
    /// What `--help` says of it.
    public static let summary = "turned by lot; cosines stay"
    /// All dimensions are kept.
    public static let shortens = false
    /// The length of what it makes.
    public let outputDim: Int
    private let seed: UInt64

    /// The transform to so many dimensions, drawn by lot from `seed`.
    public init(outputDim: Int, seed: UInt64) { (self.outputDim, self.seed) = (outputDim, seed) }

    /// Draws a matrix for the length of the rows.
    public func fit(on rows: inout FittingRows) throws(Failure) -> FittedTransform {
        let width = rows.embedDim
        let drawn = normalNumbers(width, width, seed: seed, stream: 0).map { Double($0) }
        return FittedTransform(
            Self.name, inputDim: width, outputDim: width,
            matrix: orthonormalRows(of: drawn, order: width).map { Float($0) })
    }
}
