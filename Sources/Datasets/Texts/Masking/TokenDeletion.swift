public import Tensors

/// Deletes tokens; a decoder is to restore the whole text from the embedding of what is left.
///
/// Each word is deleted with probability 0.6, and one is kept at least. Wang et al. 2021 (TSDAE), sections 3 and 5.
public struct TokenDeletion: Sendable, Equatable {
    /// The chance that a word is deleted.
    public var share: Float = 0.6

    /// TSDAE's share.
    public init() {}

    /// What is left of the text, in its order; start, end and other special tokens stay.
    public func apply(
        to tokens: [Int32], _ vocabulary: MaskVocabulary, using random: inout SeededRandom
    ) -> [Int32] {
        let places = vocabulary.places(in: tokens)
        var isDeleted = [Bool](repeating: false, count: tokens.count)
        for place in places { isDeleted[place] = random.happens(share) }
        let kept = places.isEmpty ? 0 : places[random.index(below: places.count)]
        if places.allSatisfy({ isDeleted[$0] }), !places.isEmpty { isDeleted[kept] = false }
        return tokens.indices.filter { !isDeleted[$0] }.map { tokens[$0] }
    }
}
