public import Failures
import Tensors
public import Tokenizers

/// Draws texts from a corpus for one objective: a pure function of the corpus, the seed, the epoch and the place.
public struct TextSampler: Sendable {
    /// The documents, and how they become tokens.
    public let source: TextSource
    /// What is taken.
    public let draw: any TextDraw
    /// The seed of all luck.
    public let seed: UInt64
    /// Where a draw can begin, in the order of the corpus; a long document has many, one that is too short has none.
    public let items: [TextItem]

    /// - Parameters:
    ///   - documents: Those to draw from: `corpus.training`, or `corpus.validation`.
    ///   - contextLength: Most tokens of a text, at least 4.
    ///   - objective: What the user calls it, for the failure.
    /// - Throws: `.badData` where no document can feed the draw.
    public init(
        of documents: [Int], in corpus: Corpus, draw: any TextDraw, tokenizer: any Tokenizer, contextLength: Int,
        seed: UInt64, objective: String
    ) throws(Failure) {
        precondition(contextLength >= 4, "context length \(contextLength) has no room for a text")
        let source = TextSource(corpus, documents, tokenizer, contextLength: contextLength)
        let items = source.documents.flatMap { draw.items(of: $0, in: source) }
        var feeding: Set<Int> = []
        for item in items where feeding.count < draw.leastDocuments { feeding.insert(item.document) }
        guard feeding.count >= draw.leastDocuments else {
            let found = feeding.isEmpty ? "no document has" : "only one document has"
            throw Failure(
                .badData, "cannot use objective: \(objective)", at: corpus.path,
                because: "\(found) \(draw.requirement(of: corpus))", try: draw.remedy(for: corpus))
        }
        (self.source, self.draw, self.seed, self.items) = (source, draw, seed, items)
    }

    /// The texts of one item.
    ///
    /// - Parameter place: the place in the epoch, from 0; two places of one item have luck of their own.
    public func draw(_ item: TextItem, epoch: Int, place: Int) -> DrawnTexts {
        var random = SeededRandom(seed: seed, purpose: .texts, epoch: epoch, item: place)
        return draw.texts(of: item, among: items, in: source, using: &random)
    }
}
