/// Byte-level byte-pair encoding as CLIP's: any text has tokens, and frequent words have one.
///
/// Ids of a vocabulary made here: 256 bytes, 256 bytes at a word's end, the merges, the start token, the end token.
/// Radford et al. 2021 (CLIP), section 2.4. Gives the ids of Hugging Face's `CLIPTokenizerFast`.
public struct BytePairTokenizer: Tokenizer, Equatable {
    /// What `--vocab-size` is unless someone says otherwise.
    public static let defaultVocabSize = 8192
    /// The bytes and the two special tokens: a vocabulary without a single merge.
    public static let smallestVocabSize = 514

    /// Every token as files spell it, by id.
    let names: [String]
    /// Best first.
    let merges: [Merge]
    let start, end: Int32
    private let insideWord: [Int32]  // by byte
    private let endOfWord: [Int32]  // by byte
    private let table: MergeTable

    /// How many ids there are.
    public var vocabSize: Int { names.count }
    /// Begins every caption.
    public var startToken: Int32? { start }
    /// Ends every caption, also a truncated one.
    public var endToken: Int32? { end }
    /// CLIP hides no words.
    public var maskToken: Int32? { nil }
    /// Start and end; no text is unknown.
    public var specialTokens: Set<Int32> { [start, end] }

    /// - Parameter ids: of the names; those of the bytes and the special tokens are among them.
    init(names: [String], ids: [String: Int32], merges: [Merge]) {
        self.names = names
        self.merges = merges
        start = ids[SpecialTokens.start, default: 0]
        end = ids[SpecialTokens.end, default: 0]
        var byByte = [Int32](repeating: 0, count: 512)
        for (i, name) in ByteSymbols.names.enumerated() {
            byByte[Int(ByteSymbols.bytes[i % 256]) + i / 256 * 256] = ids[name, default: 0]
        }
        insideWord = Array(byByte[..<256])
        endOfWord = Array(byByte[256...])
        table = MergeTable(merges)
    }

    /// Two tokenizers are equal when they give every text the same ids.
    public static func == (a: Self, b: Self) -> Bool { a.names == b.names && a.merges == b.merges }

    /// The tokens of `text`: no padding, and never more than `contextLength` (at least 2) of them.
    public func encode(_ text: String, contextLength: Int) -> Tokens {
        precondition(contextLength >= 2, "context length \(contextLength) has no room for start and end token")
        var ids = [start]
        var merger = WordMerger()
        encode(text[...], into: &ids, limit: contextLength, &merger)
        let isTruncated = ids.count >= contextLength
        if isTruncated { ids.removeSubrange((contextLength - 1)...) }
        ids.append(end)
        return Tokens(ids: ids, isTruncated: isTruncated)
    }

    /// Appends ids until the text ends or there are at least `limit`.
    private func encode(_ text: Substring, into ids: inout [Int32], limit: Int, _ merger: inout WordMerger) {
        guard let special = firstSpecialToken(in: text) else {
            return encodeWords(of: text, into: &ids, limit: limit, &merger)
        }
        encodeWords(of: text[..<special.place.lowerBound], into: &ids, limit: limit, &merger)
        guard ids.count < limit else { return }
        ids.append(special.id)
        encode(text[special.place.upperBound...], into: &ids, limit: limit, &merger)
    }

    private func encodeWords(of text: Substring, into ids: inout [Int32], limit: Int, _ merger: inout WordMerger) {
        var words = WordScanner(text)
        var symbols: [Int32] = []
        while ids.count < limit, let word = words.next() {
            symbols.removeAll(keepingCapacity: true)
            for i in word.dropLast() { symbols.append(insideWord[Int(words.bytes[i])]) }
            symbols.append(endOfWord[Int(words.bytes[word.upperBound - 1])])
            merger.append(symbols, using: table, to: &ids)
        }
    }

    private func firstSpecialToken(in text: Substring) -> (place: Range<String.Index>, id: Int32)? {
        guard text.utf8.contains(UInt8(ascii: "<")) else { return nil }
        let start = text.utf8.firstRange(of: SpecialTokens.start.utf8).map { ($0, self.start) }
        let end = text.utf8.firstRange(of: SpecialTokens.end.utf8).map { ($0, self.end) }
        guard let start, let end else { return start ?? end }
        return start.0.lowerBound < end.0.lowerBound ? start : end
    }
}
