public import Tensors

/// Hides tokens one by one, wherever they stand.
///
/// 15 % of the words are to be predicted; of these 80 % become the mask, 10 % another word, 10 % stay. Devlin et al.
/// 2019 (BERT), section 3.1.
public struct BertMasking: TokenMasking, Equatable {
    /// Share of the words that are to be predicted.
    public var share: Float = 0.15
    private let replacement = MaskReplacement()

    /// BERT's shares.
    public init() {}

    /// The text with some of its words hidden.
    public func apply(
        to tokens: [Int32], _ vocabulary: MaskVocabulary, using random: inout SeededRandom
    ) -> MaskedTokens {
        var candidates = vocabulary.places(in: tokens), ids = tokens
        let count = hiddenCount(share, of: candidates.count)
        for number in 0..<count {
            candidates.swapAt(number, number + random.index(below: candidates.count - number))
        }
        let places = candidates[..<count].sorted()
        for place in places { replacement.apply(to: &ids, at: [place], vocabulary, using: &random) }
        return MaskedTokens(ids, of: tokens, at: places)
    }
}
