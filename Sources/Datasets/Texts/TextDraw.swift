public import Tensors

/// What a text objective takes from a corpus: one text, neighbours, two chunks of a document, …
public protocol TextDraw: Sendable {
    /// What a document must have to feed this draw, for the failure: "two sentences".
    func requirement(of corpus: Corpus) -> String
    /// What a person can do when no document has it: "separate documents by blank lines".
    func remedy(for corpus: Corpus) -> String
    /// So many documents at least must have an item.
    var leastDocuments: Int { get }
    /// The places in a document where this draw can begin; none where the document is too short.
    func items(of document: Int, in source: TextSource) -> [TextItem]
    /// The texts of one of the `items`, which are in the order of the corpus.
    func texts(
        of item: TextItem, among items: [TextItem], in source: TextSource, using random: inout SeededRandom
    ) -> DrawnTexts
}

extension TextDraw {
    /// Most draws need no second document.
    public var leastDocuments: Int { 1 }

    /// What gives documents more parts.
    public func remedy(for corpus: Corpus) -> String {
        if corpus.hasPairs { return "give running text instead of a table" }
        return corpus.symbols == nil ? "separate documents by blank lines" : "give longer sequences"
    }
}
