public import Tensors

/// Sequences of tokens, one behind the other.
public struct TokenRows: Sendable, Equatable {
    /// The token ids.
    public var tokens: [Int32] = []
    /// Where each sequence begins.
    public var segments = Segments(lengths: [Int]())

    /// No sequences.
    public init() {}

    /// Sequences that lie one behind the other already.
    public init(tokens: [Int32], segments: Segments) { (self.tokens, self.segments) = (tokens, segments) }

    /// Sequences, first to last.
    public init(_ sequences: [[Int32]]) {
        tokens = sequences.flatMap { $0 }
        segments = Segments(lengths: sequences.map(\.count))
    }

    /// One sequence.
    subscript(number: Int) -> [Int32] { Array(tokens[segments[number]]) }
}

/// Texts of a batch that are drawn in one way.
public struct DrawnTextBatch: Sendable, Equatable {
    /// All texts, item by item.
    public var rows: TokenRows
    /// Where the texts of each item begin.
    public var items: Segments
    /// One number a text, equal for equal texts: the place where it stands first.
    public var ids: [Int]
    /// Of draws that ask, whether an item's second text follows its first.
    public var isNext: [Bool]
    /// Of two texts in one sequence, the one that each token belongs to, 0 or 1; else empty.
    public var kinds: [Int32] = []

    /// Texts of items.
    init(_ drawn: [DrawnTexts]) {
        let texts = drawn.flatMap(\.texts)
        var places: [[Int32]: Int] = [:]
        rows = TokenRows(texts)
        items = Segments(lengths: drawn.map(\.texts.count))
        ids = texts.enumerated().map { places.first($1, at: $0) }
        isNext = drawn.compactMap(\.isNext)
    }

    /// Items of two texts each, in one sequence of at most `contextLength` tokens: the longer one loses its end first —
    /// Devlin et al. 2019, appendix A.2. `start` is dropped from the second.
    init(joining drawn: [DrawnTexts], contextLength: Int, start: Int32?) {
        var joined: [DrawnTexts] = [], kinds: [Int32] = []
        for var texts in drawn {
            var first = texts.texts[0], second = texts.texts[1]
            if let start, second.first == start { second.removeFirst() }
            while first.count + second.count > contextLength {
                if first.count > second.count { first.shorten() } else { second.shorten() }
            }
            texts.texts = [first + second]
            kinds += first.map { _ in 0 } + second.map { _ in 1 }
            joined.append(texts)
        }
        self.init(joined)
        self.kinds = kinds
    }

    /// The texts that stand at one place of every item.
    public func texts(at place: Int) -> (rows: TokenRows, ids: [Int]) {
        let numbers = (0..<items.count).map { items[$0].lowerBound + place }
        return (TokenRows(numbers.map { rows[$0] }), numbers.map { ids[$0] })
    }

}

extension [Int32] {
    /// Takes away the token before the last one.
    fileprivate mutating func shorten() { remove(at: Swift.max(count - 2, 0)) }
}

/// Texts of a batch with hidden tokens.
public struct MaskedTextBatch: Sendable, Equatable {
    /// What is left of each text.
    public var input: TokenRows
    /// Rows of `input` whose tokens are to be guessed, ascending.
    public var places: [Int] = []
    /// What stood there.
    public var targets: [Int32] = []

    /// Texts, each with its hidden tokens.
    init(_ texts: [MaskedTokens]) {
        input = TokenRows(texts.map(\.ids))
        for (text, masked) in texts.enumerated() {
            places += masked.places.map { input.segments[text].lowerBound + $0 }
            targets += masked.targets
        }
    }
}

/// Texts of a batch of which words are deleted.
public struct DeletedTextBatch: Sendable, Equatable {
    /// What is left of each text, and the whole texts.
    public var input, whole: TokenRows
}

/// How the texts of a batch are hidden in part, beside or in place of whole ones.
public struct TextHiding: Sendable {
    /// One masked version of each text a masking.
    public var maskings: [any TokenMasking]
    /// Whether there is a version with words deleted.
    public var deletes: Bool
    /// What may be hidden.
    public var vocabulary: MaskVocabulary
    private let seed: UInt64

    /// Hides words of `vocabulary`.
    public init(_ maskings: [any TokenMasking], deletes: Bool, _ vocabulary: MaskVocabulary, seed: UInt64) {
        (self.maskings, self.deletes, self.vocabulary, self.seed) = (maskings, deletes, vocabulary, seed)
    }

    /// Whether nothing is to be hidden.
    var isEmpty: Bool { maskings.isEmpty && !deletes }

    /// Adds the hidden versions of `texts`, of which the first is item `item` of its epoch, to a batch.
    func apply(to texts: [[Int32]], item: Int, _ batch: inout Batch) {
        let kinds = maskings.count + 1
        func luck(_ place: Int, _ kind: Int) -> SeededRandom {
            SeededRandom(seed: seed, purpose: .masking, epoch: batch.epoch, item: (item + place) * kinds + kind)
        }
        for (kind, masking) in maskings.enumerated() {
            batch.maskedTexts.append(
                MaskedTextBatch(
                    texts.enumerated().map { place, tokens in
                        var luck = luck(place, kind)
                        return masking.apply(to: tokens, vocabulary, using: &luck)
                    }))
        }
        guard deletes else { return }
        let left = texts.enumerated().map { place, tokens in
            var luck = luck(place, maskings.count)
            return TokenDeletion().apply(to: tokens, vocabulary, using: &luck)
        }
        batch.deletedTexts = DeletedTextBatch(input: TokenRows(left), whole: TokenRows(texts))
    }
}
