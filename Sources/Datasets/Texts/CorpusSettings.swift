public import Tokenizers

/// How a corpus is opened.
public struct CorpusSettings: Sendable, Equatable {
    /// What the texts consist of where they are no language, such as event logs and nucleotides; where nil, what the
    /// format says, else sentences.
    public var symbols: Symbols?
    /// Most symbols of a piece, which takes the place of a sentence where texts are no language.
    public var pieceLength = 8
    /// Share of the documents that is kept for validation where the data does not tell; 0 keeps none.
    public var validationShare: Float = 0.1
    /// Most documents that are kept for validation where the data does not tell.
    public var validationLimit = 1_000

    /// Sentences of a language, a tenth for validation.
    public init() {}
}
