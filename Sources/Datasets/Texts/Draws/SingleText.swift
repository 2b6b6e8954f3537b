public import Tensors
import Tokenizers

/// One text: whole sentences from some place of a document on, as many as fit into the context.
///
/// An item is a stretch of about a context's length; luck moves the beginning inside it, so that epochs cut a long
/// document at different places, and its end is not lost.
public struct SingleText: TextDraw {
    /// Whether sentences are joined until the context is full; else each sentence is a text.
    public var isPacked = true

    /// Joined sentences.
    public init(isPacked: Bool = true) { self.isPacked = isPacked }

    /// Any text will do.
    public func requirement(of corpus: Corpus) -> String { "a text" }

    /// Stretches of a document, or its parts.
    public func items(of document: Int, in source: TextSource) -> [TextItem] {
        let stretches =
            isPacked ? source.chunks(of: document) : (0..<source.corpus.partCount(of: document)).map { $0..<$0 + 1 }
        return stretches.map { TextItem(document: document, parts: $0) }
    }

    /// One text.
    public func texts(
        of item: TextItem, among items: [TextItem], in source: TextSource, using random: inout SeededRandom
    ) -> DrawnTexts {
        guard isPacked else { return DrawnTexts([source.encode(item.document, item.parts)], document: item.document) }
        let count = source.corpus.partCount(of: item.document)
        let drawn = item.parts.lowerBound + random.index(below: item.parts.count)
        let start = item.parts.count == count ? 0 : min(drawn, lastStart(item.document, count, drawn, source))
        return DrawnTexts([source.packed(item.document, start..<count)], document: item.document)
    }

    /// Where a text begins that reaches the document's end and is as full as can be; asked for near the end only.
    private func lastStart(_ document: Int, _ count: Int, _ drawn: Int, _ source: TextSource) -> Int {
        var start = count - 1
        guard source.corpus.store.byteCount(of: document, drawn..<count) < 2 * source.contextBytes else { return start }
        while start > 0, !source.encode(document, start - 1..<count).isTruncated { start -= 1 }
        return start
    }
}
