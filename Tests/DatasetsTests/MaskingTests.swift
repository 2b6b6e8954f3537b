import Tensors
import Testing

@testable import Datasets

@Suite struct MaskingTests {
    /// Ids 0 to 9 are special, 9 is the mask.
    private let vocabulary = MaskVocabulary(vocabSize: 1_000, special: Set(0..<9), mask: 9)

    private func text(_ count: Int) -> [Int32] { [1] + (0..<count).map { Int32(10 + $0 * 7 % 990) } + [2] }

    private func luck(_ item: Int) -> SeededRandom { SeededRandom(seed: 5, purpose: .masking, item: item) }

    private static let maskings: [any TokenMasking] = [BertMasking(), SpanMasking()]

    @Test(arguments: maskings) func `places, targets and ids belong together`(masking: any TokenMasking) {
        for length in [1, 2, 5, 40, 300] {
            for item in 0..<20 {
                var luck = luck(item)
                let tokens = text(length), masked = masking.apply(to: tokens, vocabulary, using: &luck)
                #expect(masked.ids.count == tokens.count && masked.places == Set(masked.places).sorted())
                #expect(masked.targets == masked.places.map { tokens[$0] })
                #expect(masked.places.count == max(1, Int((0.15 * Float(length)).rounded())))
                for place in tokens.indices where !masked.places.contains(place) {
                    #expect(masked.ids[place] == tokens[place])
                }
                #expect(masked.ids.first == 1 && masked.ids.last == 2)
            }
        }
    }

    @Test(arguments: maskings) func `80 % become the mask, 10 % another word, 10 % stay`(masking: any TokenMasking) {
        var counts = (masked: 0, kept: 0, random: 0), all = 0
        let tokens = text(400)
        for item in 0..<400 {
            var luck = luck(item)
            let result = masking.apply(to: tokens, vocabulary, using: &luck)
            for (place, target) in zip(result.places, result.targets) {
                all += 1
                switch result.ids[place] {
                case 9: counts.masked += 1
                case target: counts.kept += 1
                default: counts.random += 1
                }
                #expect(result.ids[place] >= 9)
            }
        }
        // Whole spans share one fate, so that their shares spread more: mean length 3.8, second moment 22.
        let spread = masking is SpanMasking ? 22.0 / 3.8 : 1
        func isNear(_ count: Int, _ share: Double) -> Bool {
            abs(Double(count) / Double(all) - share) < 4 * (spread * share * (1 - share) / Double(all)).squareRoot()
                + 0.001
        }
        #expect(
            isNear(counts.masked, 0.8) && isNear(counts.random, 0.1) && isNear(counts.kept, 0.1), "\(counts) of \(all)")
    }

    @Test(arguments: maskings) func `every word's place is hidden, and special tokens never`(masking: any TokenMasking)
    {
        var counts = [Int](repeating: 0, count: 42), tokens = text(40)
        tokens[20] = 3
        for item in 0..<4_000 {
            var luck = luck(item)
            for place in masking.apply(to: tokens, vocabulary, using: &luck).places { counts[place] += 1 }
        }
        #expect(counts[0] == 0 && counts[20] == 0 && counts[41] == 0 && counts.reduce(0, +) == 4_000 * 6)
        let expected = 4_000.0 * 6 / 39, noise = 4 * expected.squareRoot()
        // Places inside a stretch of words are reached by more spans than those at its ends.
        let allowed = masking is BertMasking ? expected - noise...expected + noise : 0.15 * expected...2 * expected
        for place in 1..<41 where place != 20 { #expect(allowed.contains(Double(counts[place])), "\(place)") }
    }

    @Test func `spans have geometric lengths of 3.8 on average, at most 10`() {
        var luck = luck(0)
        let lengths = (0..<40_000).map { _ in Double(SpanMasking().length(using: &luck)) }
        let weights = (0..<10).map { (0..<$0).reduce(0.2) { p, _ in p * 0.8 } }, all = weights.reduce(0, +)
        let mean = zip(weights, 1...).reduce(0) { $0 + $1.0 * Double($1.1) } / all
        let square = zip(weights, 1...).reduce(0) { $0 + $1.0 * Double($1.1 * $1.1) } / all
        let deviation = (square - mean * mean).squareRoot()
        #expect(abs(mean - 3.8) < 0.01 && lengths.max() == 10 && lengths.min() == 1)
        #expect(abs(lengths.reduce(0, +) / 40_000 - mean) < 4 * deviation / 200)
        #expect(abs(lengths.map { $0 * $0 }.reduce(0, +) / 40_000 - square) < 0.05 * square)
        #expect(abs(Double(lengths.count { $0 == 1 }) / 40_000 - 0.2 / all) < 0.01)
    }

    @Test func `hidden tokens stand in fewer stretches than tokens hidden one by one`() {
        func stretches(_ masking: any TokenMasking) -> Int {
            (0..<50).reduce(0) { sum, item in
                var luck = luck(item)
                let places = masking.apply(to: text(200), vocabulary, using: &luck).places
                return sum + zip(places, places.dropFirst()).count { $0 + 1 != $1 }
            }
        }
        #expect(2 * stretches(SpanMasking()) < stretches(BertMasking()))
    }

    @Test(arguments: maskings) func `a text of special tokens alone stays as it is`(masking: any TokenMasking) {
        var luck = luck(0)
        #expect(masking.apply(to: [1, 3, 2], vocabulary, using: &luck) == MaskedTokens([1, 3, 2]))
    }

    @Test func `60 % of the words are deleted, and one is kept at least`() {
        var kept = 0
        let tokens = text(50)
        for item in 0..<500 {
            var luck = luck(item)
            let rest = TokenDeletion().apply(to: tokens, vocabulary, using: &luck)
            #expect(rest.first == 1 && rest.last == 2 && rest.count >= 3)
            #expect(rest == tokens.filter(Set(rest).contains))
            kept += rest.count - 2
        }
        #expect(abs(Double(kept) / 25_000 - 0.4) < 4 * (0.24 / 25_000).squareRoot())
        for item in 0..<50 {
            var luck = luck(item)
            #expect(TokenDeletion().apply(to: [1, 10, 11, 2], vocabulary, using: &luck).count >= 3)
        }
    }
}
