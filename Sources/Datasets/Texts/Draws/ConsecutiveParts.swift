public import Tensors

/// Parts of a document that follow one another, each a text of its own: what contrastive predictive coding predicts the last
/// of from the first.
///
/// van den Oord et al. 2018 (CPC), section 3.3, in which sentences follow one another.
public struct ConsecutiveParts: TextDraw {
    /// How many at most; a shorter document gives what it has.
    public var most: Int

    /// Up to `most` parts, at least 2.
    public init(most: Int) {
        precondition(most >= 2, "\(most) parts have no order")
        self.most = most
    }

    /// Two parts at least.
    public func requirement(of corpus: Corpus) -> String {
        corpus.symbols == nil ? "two sentences" : "two pieces of symbols"
    }

    /// Stretches of `most` parts, one behind the other; the last one is moved forward to be as long.
    public func items(of document: Int, in source: TextSource) -> [TextItem] {
        let count = source.corpus.partCount(of: document)
        guard count > 1 else { return [] }
        let length = min(count, most)
        return stride(from: 0, to: count, by: length).map { start in
            let first = min(start, count - length)
            return TextItem(document: document, parts: first..<first + length)
        }
    }

    /// The parts, first to last.
    public func texts(
        of item: TextItem, among items: [TextItem], in source: TextSource, using random: inout SeededRandom
    ) -> DrawnTexts {
        DrawnTexts(item.parts.map { source.encode(item.document, $0..<$0 + 1) }, document: item.document)
    }
}
