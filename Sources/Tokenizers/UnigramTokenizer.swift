public import Failures

/// The likeliest cut of a text into pieces that the vocabulary has, each with its own logarithm of a probability.
///
/// Kudo 2018 ("Subword regularization"), section 3.2, found as Viterbi does. Gives the ids of Hugging Face's `Unigram`,
/// which SigLIP's, T5's and XLM-RoBERTa's tokenizers use.
public struct UnigramTokenizer: Tokenizer {
    /// How many ids there are.
    public let vocabSize: Int
    private let pieces: ByteTrie
    private let scores: [Double]  // by id
    private let unknown: Int32
    private let unknownScore: Double  // of a character that no piece has
    private let bytes: [Int32]?  // the pieces of single bytes, where unknown text falls back to them
    private let normalizer: TextNormalizer
    private let words: WordSplitter
    private let frame: TokenFrame
    private let files: TokenizerFiles

    /// Begins every caption, where there is such a token.
    public var startToken: Int32? { frame.template.prefix.first }
    /// Ends every caption, also a truncated one.
    public var endToken: Int32? { frame.template.suffix.last }
    /// Stands for a word that is hidden, where there is such a token.
    public var maskToken: Int32? { frame.added.mask }
    /// Tokens that are no words.
    public var specialTokens: Set<Int32> { frame.special.union([unknown]) }

    /// Reads a `tokenizer.json` whose model is Unigram.
    ///
    /// - Throws: `.badData` where a part of its pipeline is not known.
    init(_ file: TokenizerFile, of path: String, _ files: TokenizerFiles) throws(Failure) {
        let entries = try file.model.vocab.scored(of: path)
        guard let unknown = file.model.unk_id, entries.indices.contains(unknown) else {
            throw .unreadableTokenizer(path, "found no unk_id among \(entries.count) pieces")
        }
        let added = AddedTokens(file.added_tokens ?? [])
        var pieces = ByteTrie(), ids: [String: Int32] = [:]
        for (id, entry) in entries.enumerated() {
            pieces.insert(entry.piece.utf8, Int32(id))
            ids[entry.piece] = Int32(id)
        }
        vocabSize = max(entries.count, added.idLimit)
        (self.pieces, self.unknown, scores) = (pieces, Int32(unknown), entries.map(\.score))
        unknownScore = (scores.min() ?? 0) - 10
        let singles = (0..<256).compactMap { ids["<0x" + hexadecimal(UInt8($0)) + ">"] }
        bytes = file.model.byte_fallback == true && singles.count == 256 ? singles : nil
        normalizer = try TextNormalizer(file.normalizer, of: path)
        words = try WordSplitter(file.pre_tokenizer, of: path)
        frame = TokenFrame(added: added, template: try TokenTemplate(file.post_processor, of: path))
        self.files = files
    }

    /// The tokens of `text`: no padding, and never more than `contextLength` of them, which has room for start and end.
    public func encode(_ text: String, contextLength: Int) -> Tokens {
        frame.encode(text, contextLength: contextLength) { text, isFirst, ids, limit in
            for word in words.words(of: normalizer.normalized(String(text)), isFirst: isFirst)
            where ids.count <= limit { ids += likeliest(Array(word.utf8)) }
        }
    }

    /// The best pieces of a word in UTF-8.
    private func likeliest(_ word: [UInt8]) -> [Int32] {
        /// The best way that ends at a byte: its last piece, where that begins, and the sum of the scores.
        struct Way { var start = -1, piece: Int32 = 0, score = 0.0 }
        var ways = [Way](repeating: Way(), count: word.count + 1), place = 0
        func offer(_ piece: Int32, _ score: Double, from start: Int, to end: Int) {
            let total = ways[start].score + score
            if ways[end].start < 0 || total > ways[end].score {
                ways[end] = Way(start: start, piece: piece, score: total)
            }
        }
        while place < word.count {
            let next = place + characterLength(word[place])
            var isKnown = false
            pieces.forEachEntry(in: word, from: place, to: word.count) { end, piece in
                offer(piece, scores[Int(piece)], from: place, to: end)
                if end == next { isKnown = true }
            }
            if !isKnown { offer(unknown, unknownScore, from: place, to: min(next, word.count)) }
            place = next
        }
        var found: [(piece: Int32, range: Range<Int>)] = [], end = word.count
        while end > 0 {
            found.append((ways[end].piece, ways[end].start..<end))
            end = ways[end].start
        }
        var ids: [Int32] = [], wasUnknown = false
        for (piece, range) in found.reversed() {
            let isUnknown = piece == unknown
            if isUnknown, let bytes {
                ids += word[range].map { bytes[Int($0)] }
            } else if !(isUnknown && wasUnknown) {
                ids.append(piece)  // neighbours that are unknown are one token
            }
            wasUnknown = isUnknown
        }
        return ids
    }

    private func characterLength(_ first: UInt8) -> Int { first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4 }

    /// Writes the files from which this tokenizer was read.
    ///
    /// - Throws: `.cannotWrite`.
    public func write(to folder: String, contextLength: Int) throws(Failure) { try files.write(to: folder) }
}

private func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count == 1 ? "0" + digits : digits
}
