public import Tensors

/// Hides stretches of neighbouring tokens.
///
/// Lengths are geometric with p = 0.2, at most 10 (3.8 on average), until 15 % of the words are to be predicted. A
/// whole stretch becomes the mask (80 %), other words (10 %), or stays (10 %). Joshi et al. 2020 (SpanBERT), section
/// 3.1; stretches are of tokens here, where theirs are of whole words.
public struct SpanMasking: TokenMasking, Equatable {
    /// Share of the words that are to be predicted.
    public var share: Float = 0.15
    /// The chance that a stretch ends behind any of its tokens.
    public var stop: Float = 0.2
    /// Most tokens of a stretch.
    public var longest = 10
    private let replacement = MaskReplacement()

    /// SpanBERT's shares.
    public init() {}

    /// The text with some stretches of its words hidden.
    public func apply(
        to tokens: [Int32], _ vocabulary: MaskVocabulary, using random: inout SeededRandom
    ) -> MaskedTokens {
        var isFree = tokens.map(vocabulary.isWord), ids = tokens, places: [Int] = []
        let count = hiddenCount(share, of: isFree.count { $0 })
        while places.count < count {
            let length = min(length(using: &random), count - places.count)
            let span = span(of: length, in: isFree, using: &random)
            for place in span { isFree[place] = false }
            places += span
            replacement.apply(to: &ids, at: span, vocabulary, using: &random)
        }
        return MaskedTokens(ids, of: tokens, at: places.sorted())
    }

    /// Geometric, drawn anew where it would be longer than the longest.
    func length(using random: inout SeededRandom) -> Int {
        while true {
            var length = 1
            while length <= longest, !random.happens(stop) { length += 1 }
            if length <= longest { return length }
        }
    }

    /// A free stretch of the given length, or of the longest there is below it; each is equally likely.
    private func span(of length: Int, in isFree: [Bool], using random: inout SeededRandom) -> Range<Int> {
        var free = isFree.indices.map { _ in 0 }  // how many tokens are free from here on
        for place in isFree.indices.reversed() where isFree[place] {
            free[place] = 1 + (place + 1 < free.count ? free[place + 1] : 0)
        }
        var length = length
        while true {
            let starts = free.indices.filter { free[$0] >= length }
            if !starts.isEmpty {
                let start = starts[random.index(below: starts.count)]
                return start..<start + length
            }
            precondition(length > 1, "no free token")
            length -= 1
        }
    }
}
