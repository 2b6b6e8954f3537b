public import Tensors
import Tokenizers

/// Two chunks of one document, each of about a context's length; the two halves of a document that is one chunk.
///
/// Giorgi et al. 2021 (DeCLUTR), section 3.1, where they may also overlap; Izacard et al. 2022 (Contriever), section
/// 3.1.
public struct SameDocument: TextDraw {
    /// Two chunks of one document.
    public init() {}

    /// What can be cut in two.
    public func requirement(of corpus: Corpus) -> String { corpus.symbols == nil ? "two words" : "two symbols" }

    /// Longer documents.
    public func remedy(for corpus: Corpus) -> String { "give longer documents" }

    /// Every chunk; the whole document where that is one chunk and can be cut in two.
    public func items(of document: Int, in source: TextSource) -> [TextItem] {
        let chunks = source.chunks(of: document)
        if chunks.count == 1 && chunks[0].count == 1 && halves(of: document, in: source) == nil { return [] }
        return chunks.map { TextItem(document: document, parts: $0) }
    }

    /// A chunk and another one, or two halves in their order.
    public func texts(
        of item: TextItem, among items: [TextItem], in source: TextSource, using random: inout SeededRandom
    ) -> DrawnTexts {
        let document = item.document, chunks = items.places(of: document)
        if chunks.count > 1 {
            var other = chunks.lowerBound + random.index(below: chunks.count - 1)
            if other >= items.place(of: document, part: item.parts.lowerBound) { other += 1 }
            return DrawnTexts([item.parts, items[other].parts].map { source.packed(document, $0) }, document: document)
        }
        if item.parts.count > 1 {
            let middle = self.middle(of: document, item.parts.count, source)
            let halves = [0..<middle, middle..<item.parts.count]
            return DrawnTexts(halves.map { source.packed(document, $0) }, document: document)
        }
        let halves = self.halves(of: document, in: source) ?? []
        return DrawnTexts(
            halves.map { source.tokenizer.encode($0, contextLength: source.contextLength) }, document: document)
    }

    /// The part that begins nearest to the middle of a document.
    private func middle(of document: Int, _ count: Int, _ source: TextSource) -> Int {
        let store = source.corpus.store, all = store.byteCount(of: document, 0..<count)
        func distance(_ part: Int) -> Int { abs(2 * store.byteCount(of: document, 0..<part) - all) }
        return (1..<count).min { distance($0) < distance($1) } ?? 1
    }

    /// A document of one part, cut between two words or, where there is no blank, between two symbols or ideographs;
    /// nil where it is one word.
    private func halves(of document: Int, in source: TextSource) -> [String]? {
        let text = source.corpus.text(of: document)
        if source.corpus.symbols != .characters, text.utf8.contains(UInt8(ascii: " ")) {
            let words = text.split(separator: " "), middle = self.middle(of: words.map(\.utf8.count))
            return [words[..<middle], words[middle...]].map { $0.joined(separator: " ") }
        }
        let hasWords = source.corpus.symbols != .characters && text.unicodeScalars.allSatisfy { $0.value < 0xE00 }
        let characters = Array(text)
        guard !hasWords && source.corpus.symbols != .words && characters.count > 1 else { return nil }
        return [characters[..<(characters.count / 2)], characters[(characters.count / 2)...]].map { String($0) }
    }

    /// How many words make a half.
    private func middle(of lengths: [Int]) -> Int {
        let all = lengths.reduce(0, +)
        var count = 1, before = lengths[0]
        while count < lengths.count - 1, abs(2 * (before + lengths[count]) - all) < abs(2 * before - all) {
            before += lengths[count]
            count += 1
        }
        return count
    }
}
