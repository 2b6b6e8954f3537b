import Tokenizers

/// Texts that an objective compares, as token ids.
public struct DrawnTexts: Sendable, Equatable {
    /// Each text as the tokenizer encodes it, with start and end token, at most the context length.
    public var texts: [[Int32]]
    /// The document of each text.
    public var documents: [Int]
    /// Whether the second text follows the first; nil where the draw does not ask.
    public var isNext: Bool?
    /// Texts that lost their end to the context length.
    public var truncatedCount: Int

    /// Texts of one document.
    init(_ texts: [Tokens], document: Int) { self.init(texts, documents: texts.map { _ in document }, isNext: nil) }

    /// Texts of several documents.
    init(_ texts: [Tokens], documents: [Int], isNext: Bool?) {
        self.texts = texts.map(\.ids)
        (self.documents, self.isNext) = (documents, isNext)
        truncatedCount = texts.count { $0.isTruncated }
    }
}
