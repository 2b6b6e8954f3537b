extension BytePairTokenizer {
    /// A tokenizer whose merges are the most frequent pairs of `captions`.
    ///
    /// It ends up with fewer than `vocabSize` tokens when the captions are few: a pair must occur twice to be merged.
    /// The order of the captions makes no difference.
    public static func trained(on captions: some Sequence<String>, vocabSize: Int = defaultVocabSize) -> Self {
        precondition(vocabSize >= smallestVocabSize, "a vocabulary of \(vocabSize) has no room for the bytes")
        var trainer = BytePairTrainer(counting: captions)
        trainer.run(until: vocabSize - 2)
        return Self(layingOut: trainer.merges)
    }

    /// The vocabulary in CLIP's layout: bytes, merges in their order, special tokens.
    init(layingOut merges: [Merge]) {
        var names = ByteSymbols.names
        for merge in merges where merge.joined == names.count {
            names.append(names[Int(merge.pair.left)] + names[Int(merge.pair.right)])
        }
        names += [SpecialTokens.start, SpecialTokens.end]
        let ids = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, Int32($0.offset)) })
        self.init(names: names, ids: ids, merges: merges)
    }
}

/// Finds merges: again and again the most frequent pair, equals in the order of their ids.
///
/// Sennrich et al. 2016, algorithm 1. Only words that hold the merged pair are looked at again.
struct BytePairTrainer {
    private(set) var merges: [Merge] = []
    private var mergedPairs: Set<Pair> = []  // a pair can come back, beside a symbol that two merges make
    private var words: [[Int32]] = []
    private var counts: [Int] = []  // of each word
    private var pairCounts: [Pair: Int] = [:]
    private var places: [Pair: Set<Int>] = [:]  // words that hold the pair, or once did
    private var queue = Heap<Candidate>()
    private var names = ByteSymbols.names
    private var ids: [String: Int32] = [:]

    private struct Candidate: Comparable {
        let count: Int, pair: Pair

        /// More frequent ones come first.
        static func < (a: Self, b: Self) -> Bool { a.count == b.count ? a.pair < b.pair : a.count > b.count }
    }

    init(counting captions: some Sequence<String>) {
        var wordCounts: [[UInt8]: Int] = [:]
        for caption in captions {
            var scanner = WordScanner(caption)
            while let word = scanner.next() { wordCounts[Array(scanner.bytes[word]), default: 0] += 1 }
        }
        var symbols = [Int32](repeating: 0, count: 256)
        for (id, byte) in ByteSymbols.bytes.enumerated() { symbols[Int(byte)] = Int32(id) }
        for (id, name) in names.enumerated() { ids[name] = Int32(id) }
        for (word, count) in wordCounts {
            var parts = word.map { symbols[Int($0)] }
            parts[parts.count - 1] += 256
            words.append(parts)
            counts.append(count)
            add(count, toPairsOfWord: words.count - 1)
        }
        for (pair, count) in pairCounts { queue.push(Candidate(count: count, pair: pair)) }
    }

    /// Merges until there are `size` symbols, or no pair occurs twice.
    mutating func run(until size: Int) {
        while names.count < size, let best = queue.pop(), best.count >= 2 {
            let count = pairCounts[best.pair, default: 0]
            if count == best.count {
                merge(best.pair)
            } else {
                queue.push(Candidate(count: count, pair: best.pair))
            }
        }
    }

    private mutating func merge(_ pair: Pair) {
        let joined = symbol(joining: pair)
        if mergedPairs.insert(pair).inserted { merges.append(Merge(pair: pair, joined: joined)) }
        var changed: Set<Pair> = []
        for word in places.removeValue(forKey: pair) ?? [] {
            add(-counts[word], toPairsOfWord: word)
            words[word] = Self.replacing(pair, by: joined, in: words[word])
            add(counts[word], toPairsOfWord: word)
            for (left, right) in zip(words[word], words[word].dropFirst()) where left == joined || right == joined {
                changed.insert(Pair(left: left, right: right))
            }
        }
        pairCounts[pair] = nil
        for pair in changed { queue.push(Candidate(count: pairCounts[pair, default: 0], pair: pair)) }
    }

    /// The id of the merged text: a new one, unless other parts already made the same text.
    private mutating func symbol(joining pair: Pair) -> Int32 {
        let name = names[Int(pair.left)] + names[Int(pair.right)]
        if let id = ids[name] { return id }
        ids[name] = Int32(names.count)
        names.append(name)
        return Int32(names.count - 1)
    }

    private mutating func add(_ count: Int, toPairsOfWord word: Int) {
        for (left, right) in zip(words[word], words[word].dropFirst()) {
            let pair = Pair(left: left, right: right)
            pairCounts[pair, default: 0] += count
            if count > 0 { places[pair, default: []].insert(word) }
        }
    }

    static func replacing(_ pair: Pair, by joined: Int32, in word: [Int32]) -> [Int32] {
        var result: [Int32] = []
        result.reserveCapacity(word.count)
        var i = 0
        while i < word.count {
            let isPair = i + 1 < word.count && word[i] == pair.left && word[i + 1] == pair.right
            result.append(isPair ? joined : word[i])
            i += isPair ? 2 : 1
        }
        return result
    }
}
