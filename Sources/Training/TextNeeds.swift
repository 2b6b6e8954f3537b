import Datasets
import Objectives
import Tokenizers

/// Which texts a batch holds, in the order in which its entries lie.
struct TextNeeds: Sendable, Equatable {
    let pairings: [TextPairing]
    let maskings: [Objectives.TokenMasking]
    /// Whether two sentences in one sequence follow the pairs, and sentences of documents those.
    let hasSentencePairs, hasPassages: Bool
    /// Whether there are texts of which words are deleted.
    let deletes: Bool

    init(_ needs: Set<BatchNeed>) {
        pairings = TextPairing.allCases.filter { needs.contains(.textPairs($0)) }
        maskings = Objectives.TokenMasking.allCases.filter { needs.contains(.maskedTokens($0)) }
        hasSentencePairs = needs.contains(.sentencePairs)
        hasPassages = needs.contains(.passages)
        deletes = needs.contains(.deletedTokens)
    }

    /// How texts are drawn from a corpus.
    var wishes: [TextBatchMaker.Wish] {
        pairings.map(\.wish)
            + (hasSentencePairs
                ? [.init(Datasets.NextSentence(), for: Objectives.NextSentence.name, isJoined: true)] : [])
            + (hasPassages
                ? [
                    .init(
                        ConsecutiveParts(most: ContrastivePredictiveCoding.mostSentences),
                        for: ContrastivePredictiveCoding.name)
                ] : [])
    }

    /// How texts are hidden; `mask` is an id that no token has.
    func hiding(_ tokenizer: any Tokenizer, mask: Int32, seed: UInt64) -> TextHiding {
        hiding(MaskVocabulary(tokenizer, mask: tokenizer.maskToken ?? mask), seed: seed)
    }

    func hiding(_ vocabulary: MaskVocabulary, seed: UInt64) -> TextHiding {
        TextHiding(maskings.map(\.made), deletes: deletes, vocabulary, seed: seed)
    }

    /// Whether words are hidden, so that a token must stand in their place.
    var hides: Bool { !maskings.isEmpty || deletes }

    /// The objective that hides, for a failure.
    var hider: String {
        switch maskings.first {
        case .tokens: MaskedLanguageModel.name
        case .spans: MaskedSpans.name
        case nil: TSDAE.name
        }
    }
}

extension TextPairing {
    fileprivate var wish: TextBatchMaker.Wish {
        switch self {
        case .neighbours: .init(Neighbours(), for: Adjacent.name)
        case .sameDocument: .init(Datasets.SameDocument(), for: Objectives.SameDocument.name)
        case .columns: .init(PairedColumns(), for: Paraphrase.name)
        case .twice: .init(SingleText(isPacked: false), for: SimCSE.name)
        }
    }
}

extension Objectives.TokenMasking {
    fileprivate var made: any Datasets.TokenMasking {
        switch self {
        case .tokens: BertMasking()
        case .spans: SpanMasking()
        }
    }
}
