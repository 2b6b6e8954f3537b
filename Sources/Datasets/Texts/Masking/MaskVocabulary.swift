public import Tokenizers

/// What may be hidden, and what stands in its place.
public struct MaskVocabulary: Sendable {
    /// Stands where a token is hidden.
    public let mask: Int32
    /// Tokens that are words, ascending: these may be hidden, and may stand in a hidden one's place.
    public let words: [Int32]
    private let isWord: [Bool]  // by id

    /// The words of a tokenizer.
    ///
    /// - Parameter mask: the tokenizer's own mask, or an id of the tower that the tokenizer never gives.
    public init(_ tokenizer: any Tokenizer, mask: Int32) {
        self.init(vocabSize: tokenizer.vocabSize, special: tokenizer.specialTokens, mask: mask)
    }

    /// All ids below `vocabSize` but special ones and the mask.
    public init(vocabSize: Int, special: Set<Int32>, mask: Int32) {
        var isWord = [Bool](repeating: true, count: vocabSize)
        for id in special.union([mask]) where isWord.indices.contains(Int(id)) { isWord[Int(id)] = false }
        words = isWord.indices.filter { isWord[$0] }.map { Int32($0) }
        (self.mask, self.isWord) = (mask, isWord)
    }

    /// Places of a text's words; of start, end and other special tokens none.
    func places(in tokens: [Int32]) -> [Int] { tokens.indices.filter { isWord[Int(tokens[$0])] } }

    /// Whether a token may be hidden.
    func isWord(_ token: Int32) -> Bool { isWord[Int(token)] }
}
