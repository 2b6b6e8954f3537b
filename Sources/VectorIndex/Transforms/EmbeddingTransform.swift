public import Failures

/// A change of embeddings after training: `[rows, embedDim]` to `[rows, outputDim]`, the same for stored ones and
/// queries.
///
/// A value holds the settings; `fit` looks at rows where that is needed, and makes what can be applied and saved.
public protocol EmbeddingTransform: Sendable {
    /// The word that names it: `whiten`.
    static var name: String { get }
    /// What it does, in a few words for `--help`.
    static var summary: String { get }
    /// Whether it can make embeddings shorter; the others keep their length.
    static var shortens: Bool { get }
    /// The length of what it makes.
    var outputDim: Int { get }

    /// The transform to `outputDim` dimensions; `seed` decides the luck of those that draw by lot.
    init(outputDim: Int, seed: UInt64)

    /// The transform as it is to be applied, fitted on rows of at least `outputDim` dimensions.
    ///
    /// - Throws: `.badSettings` where the rows cannot tell what is asked.
    func fit(on rows: inout FittingRows) throws(Failure) -> FittedTransform

    /// How far it may change the squared distance of any two of so many vectors, as a share; nil where nothing is
    /// promised.
    static func distortionBound(vectors: Int, outputDim: Int) -> Double?
}

extension EmbeddingTransform {
    /// No promise.
    public static func distortionBound(vectors: Int, outputDim: Int) -> Double? { nil }
}

/// Every transform that `--transform` can name.
public let embeddingTransforms: [any EmbeddingTransform.Type] = [
    Unchanged.self, MeanRemoval.self, PrincipalComponents.self, Whitening.self, ZeroPhaseWhitening.self,
    RandomRotation.self, GaussianProjection.self, RademacherProjection.self, SparseProjection.self, Prefix.self,
]
