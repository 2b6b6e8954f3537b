public import Tensors

/// The two columns of a table's row, such as a sentence and its paraphrase.
public struct PairedColumns: TextDraw {
    /// The two columns of a row.
    public init() {}

    /// Two columns.
    public func requirement(of corpus: Corpus) -> String { "two columns" }

    /// How a table is given.
    public func remedy(for corpus: Corpus) -> String { "give a .tsv with a pair a line, and a tab between its texts" }

    /// The whole row.
    public func items(of document: Int, in source: TextSource) -> [TextItem] {
        source.corpus.hasPairs && source.corpus.partCount(of: document) == 2
            ? [TextItem(document: document, parts: 0..<2)] : []
    }

    /// Both columns.
    public func texts(
        of item: TextItem, among items: [TextItem], in source: TextSource, using random: inout SeededRandom
    ) -> DrawnTexts {
        DrawnTexts(item.parts.map { source.encode(item.document, $0..<$0 + 1) }, document: item.document)
    }
}
