public import Evaluation

/// What a transform does to embeddings.
public struct TransformReport: Encodable, Sendable, Equatable {
    /// The transform as it was named: `whiten:96`.
    public var transform: String
    /// Numbers in each vector, and the bytes that they take as 32-bit floats.
    public var dimensions, bytesPerVector: Int
    /// Whether queries find their answers; nil where there are no queries.
    public var retrieval: RetrievalScores?
    /// How many of the original's nearest neighbours are still among the nearest.
    public var neighbors: NeighborRecall
    /// How near queries lie to their answers; nil where there are no queries.
    public var alignment: Alignment?
    /// How evenly the vectors are spread.
    public var uniformity: Uniformity
    /// How many dimensions the vectors use.
    public var effectiveRank: EffectiveRank
    /// The share by which a projection may change any squared distance; nil where nothing is promised.
    public var distortionBound: Double?
    /// Seconds of fitting, where what several transforms share is counted with the first of them; and of applying it.
    public var fitSeconds, applySeconds: Double

    enum CodingKeys: String, CodingKey {
        case transform, dimensions, retrieval, neighbors, alignment, uniformity
        case bytesPerVector = "bytes_per_vector"
        case effectiveRank = "effective_rank"
        case distortionBound = "distortion_bound"
        case fitSeconds = "fit_seconds"
        case applySeconds = "apply_seconds"
    }

    /// The report as one line of JSON.
    public var json: String { jsonLine(self) }
}

/// What happens while transforms are compared.
public enum TransformEvent: Sendable {
    /// So many vectors, of so many dimensions, and so many queries were read.
    case read(vectors: Int, dimensions: Int, queries: Int)
    /// A transform was fitted, applied and measured.
    case compared(TransformReport)
    /// A transform that nobody named cannot be had of these vectors.
    case skipped(transform: String, reason: String)
}
