public import Tensors

/// Two parts of a document that follow one another: sentences, or pieces of a sequence.
///
/// Logeswaran and Lee 2018 ("An efficient framework for learning sentence representations"), section 3.
public struct Neighbours: TextDraw {
    /// Two parts that follow one another.
    public init() {}

    /// Two parts.
    public func requirement(of corpus: Corpus) -> String { corpus.symbols == nil ? "two sentences" : "two symbols" }

    /// Every part that has one behind it.
    public func items(of document: Int, in source: TextSource) -> [TextItem] {
        (1..<max(1, source.corpus.partCount(of: document))).map { TextItem(document: document, parts: $0 - 1..<$0 + 1) }
    }

    /// The part, and the one behind it.
    public func texts(
        of item: TextItem, among items: [TextItem], in source: TextSource, using random: inout SeededRandom
    ) -> DrawnTexts {
        DrawnTexts(item.parts.map { source.encode(item.document, $0..<$0 + 1) }, document: item.document)
    }
}
