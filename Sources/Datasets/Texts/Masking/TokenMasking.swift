public import Tensors

/// Hides some tokens of a text: a pure function of the text and the luck.
public protocol TokenMasking: Sendable {
    /// The text with some tokens hidden; at least one, unless all are special.
    func apply(to tokens: [Int32], _ vocabulary: MaskVocabulary, using random: inout SeededRandom) -> MaskedTokens
}
