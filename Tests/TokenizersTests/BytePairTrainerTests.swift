import Testing

@testable import Tokenizers

@Suite struct BytePairTrainerTests {
    @Test func `merges equal those of counting everything anew each time`() throws {
        let texts = captions + (try Fixtures.golden.get()).cases.map(\.text)
        for size in [514, 515, 700] {
            let trained = BytePairTokenizer.trained(on: texts, vocabSize: size)
            #expect(trained.merges == slowMerges(of: texts, until: size - 2))
            #expect(trained.vocabSize == size)
        }
    }

    @Test func `a small corpus gives a small vocabulary, in which no pair is left that occurs twice`() {
        let trained = BytePairTokenizer.trained(on: captions)
        #expect(trained.vocabSize < 700)
        #expect(trained.merges == slowMerges(of: captions, until: .max))
        #expect(trained.names.suffix(2) == [SpecialTokens.start, SpecialTokens.end])
        #expect(Int(trained.start) == trained.vocabSize - 2 && Int(trained.end) == trained.vocabSize - 1)
    }

    @Test func `frequent words become one token`() {
        let trained = BytePairTokenizer.trained(on: captions)
        #expect(trained.encode("circle", contextLength: 8).ids.count == 3)
        #expect(trained.encode("circle Zebra", contextLength: 20).ids.count == 8)
    }

    @Test func `the order of the captions makes no difference`() {
        #expect(BytePairTokenizer.trained(on: captions) == .trained(on: captions.reversed()))
    }

    @Test func `no caption gives the bytes alone`() {
        let bare = BytePairTokenizer.trained(on: [])
        #expect(bare.vocabSize == BytePairTokenizer.smallestVocabSize)
        #expect(bare.encode("猫", contextLength: 8).ids == [512, 163, 234, 360, 513])
    }

    /// The same by the book: count all pairs, merge the most frequent, start again.
    private func slowMerges(of texts: [String], until size: Int) -> [Merge] {
        var names = ByteSymbols.names, merges: [Merge] = []
        var words: [[Int32]] = []
        for text in texts {
            var scanner = WordScanner(text)
            while let word = scanner.next() {
                var ids = scanner.bytes[word].map { Int32(ByteSymbols.bytes.firstIndex(of: $0) ?? -1) }
                ids[ids.count - 1] += 256
                words.append(ids)
            }
        }
        while names.count < size {
            var counts: [Pair: Int] = [:]
            for word in words {
                for pair in zip(word, word.dropFirst()) { counts[Pair(left: pair.0, right: pair.1), default: 0] += 1 }
            }
            guard let best = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), best.value >= 2 else { break }
            let name = names[Int(best.key.left)] + names[Int(best.key.right)]
            let id = names.firstIndex(of: name) ?? names.count
            if id == names.count { names.append(name) }
            let merge = Merge(pair: best.key, joined: Int32(id))
            if !merges.contains(merge) { merges.append(merge) }
            words = words.map { BytePairTrainer.replacing(best.key, by: Int32(id), in: $0) }
        }
        return merges
    }
}
