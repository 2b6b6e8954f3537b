public import Tensors

/// A sentence with the one behind it or, half the time, with one of another document; and which of the two it is.
///
/// Devlin et al. 2019 (BERT), section 3.1, "Next Sentence Prediction".
public struct NextSentence: TextDraw {
    /// The true successor as often as another sentence.
    public init() {}

    /// Two parts.
    public func requirement(of corpus: Corpus) -> String { corpus.symbols == nil ? "two sentences" : "two symbols" }

    /// The other sentence comes from a second document.
    public var leastDocuments: Int { 2 }

    /// Every part that has one behind it.
    public func items(of document: Int, in source: TextSource) -> [TextItem] {
        Neighbours().items(of: document, in: source)
    }

    /// The part, and the one behind it or another.
    public func texts(
        of item: TextItem, among items: [TextItem], in source: TextSource, using random: inout SeededRandom
    ) -> DrawnTexts {
        let isNext = random.happens(0.5)
        let first = source.encode(item.document, item.parts.lowerBound..<item.parts.lowerBound + 1)
        let other = isNext ? item : another(than: item, among: items, using: &random)
        let place = isNext ? item.parts.lowerBound + 1 : other.parts.lowerBound + random.index(below: 2)
        let second = source.encode(other.document, place..<place + 1)
        return DrawnTexts([first, second], documents: [item.document, other.document], isNext: isNext)
    }

    /// An item of another document: drawn, or the first of the next document where 16 draws found none.
    private func another(
        than item: TextItem, among items: [TextItem], using random: inout SeededRandom
    ) -> TextItem {
        var place = random.index(below: items.count)
        for _ in 0..<16 where items[place].document == item.document { place = random.index(below: items.count) }
        if items[place].document == item.document { place = items.places(of: item.document).upperBound % items.count }
        return items[place]
    }
}
