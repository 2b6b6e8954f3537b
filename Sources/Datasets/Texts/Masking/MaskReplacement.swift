import Tensors

/// What stands in the places of hidden tokens. Devlin et al. 2019 (BERT), section 3.1, "Masked LM".
struct MaskReplacement: Sendable, Equatable {
    /// How often the mask does.
    var masked: Float = 0.8
    /// How often any word does; else the token stays, and is to be predicted all the same.
    var random: Float = 0.1

    /// Replaces the tokens at some places, all in the same way.
    func apply(
        to ids: inout [Int32], at places: some Sequence<Int>, _ vocabulary: MaskVocabulary,
        using luck: inout SeededRandom
    ) {
        let choice = luck.uniform()
        for place in places {
            if choice < masked {
                ids[place] = vocabulary.mask
            } else if choice < masked + random, !vocabulary.words.isEmpty {
                ids[place] = vocabulary.words[luck.index(below: vocabulary.words.count)]
            }
        }
    }
}

/// How many of `count` words are hidden: the share, and at least one.
func hiddenCount(_ share: Float, of count: Int) -> Int {
    count == 0 ? 0 : min(count, max(1, Int((share * Float(count)).rounded())))
}
