/// How embeddings lie in their space: spread out or huddled, the pictures beside the texts or apart from them.
public struct EmbeddingSpace: Codable, Sendable, Equatable {
    /// The embeddings of one kind of thing.
    public struct Side: Codable, Sendable, Equatable {
        /// How evenly they fill the sphere.
        public var uniformity: Uniformity
        /// How many directions they use.
        public var rank: EffectiveRank
        /// Whether they huddle at one point.
        public var collapse: Collapse

        /// Looks at rows `[_, embedDim]` of length one.
        public init(_ rows: Span<Float>, embedDim: Int) {
            uniformity = Uniformity(rows, embedDim: embedDim)
            rank = EffectiveRank(rows, embedDim: embedDim)
            collapse = Collapse(rows, embedDim: embedDim)
        }
    }

    /// Pictures; absent where a run has none.
    public var pictures: Side?
    /// Texts or captions; absent where a run has none.
    public var texts: Side?
    /// How far apart the means of pictures and captions lie.
    public var gap: ModalityGap?
    /// How near things that belong together lie.
    public var alignment: Alignment?

    /// Nothing looked at yet.
    public init() {}
}
