public import Tokenizers

/// Some documents of a corpus, and how their texts become tokens that fill a context.
public struct TextSource: Sendable {
    /// The texts.
    public let corpus: Corpus
    /// The documents that texts are drawn from, ascending.
    public let documents: [Int]
    /// Turns texts into tokens.
    public let tokenizer: any Tokenizer
    /// Most tokens of a text.
    public let contextLength: Int
    /// About so many bytes of text fill the context.
    let contextBytes: Int

    init(_ corpus: Corpus, _ documents: [Int], _ tokenizer: any Tokenizer, contextLength: Int) {
        let documents = documents.sorted()
        (self.corpus, self.documents, self.tokenizer) = (corpus, documents, tokenizer)
        self.contextLength = contextLength
        contextBytes = Self.contextBytes(corpus, documents, tokenizer, contextLength)
    }

    /// Measured on at most 256 documents, evenly spread.
    private static func contextBytes(
        _ corpus: Corpus, _ documents: [Int], _ tokenizer: any Tokenizer, _ contextLength: Int
    ) -> Int {
        let count = min(256, documents.count)
        var bytes = 0, tokens = 0
        for number in 0..<count {
            let text = corpus.text(of: documents[number * documents.count / count], parts: 0..<1)
            let encoded = tokenizer.encode(text, contextLength: 1_024)
            guard !encoded.isTruncated else { continue }
            bytes += text.utf8.count
            tokens += max(encoded.ids.count - 2, 1)
        }
        return tokens == 0 ? 4 * contextLength : max(1, (contextLength - 2) * bytes / tokens)
    }

    /// The tokens of some neighbouring parts.
    func encode(_ document: Int, _ parts: Range<Int>) -> Tokens {
        tokenizer.encode(corpus.text(of: document, parts: parts), contextLength: contextLength)
    }

    /// The tokens of whole parts from `parts.lowerBound` on, as many as fit; of the first one alone, what fits of it.
    func packed(_ document: Int, _ parts: Range<Int>) -> Tokens {
        let first = parts.lowerBound
        var end = first + 1
        while end < parts.upperBound, corpus.store.byteCount(of: document, first..<end + 1) <= contextBytes { end += 1 }
        var tokens = encode(document, first..<end)
        if tokens.isTruncated {
            while tokens.isTruncated && end > first + 1 {
                end -= 1
                tokens = encode(document, first..<end)
            }
        } else {
            while end < parts.upperBound {
                let more = encode(document, first..<end + 1)
                if more.isTruncated { break }
                tokens = more
                end += 1
            }
        }
        return tokens
    }

    /// A document cut into stretches of whole parts that about fill the context each. A last one that would fill less
    /// than a quarter belongs to the one before.
    func chunks(of document: Int) -> [Range<Int>] {
        let count = corpus.partCount(of: document)
        var chunks: [Range<Int>] = [], start = 0
        for part in 0..<count
        where part > start && corpus.store.byteCount(of: document, start..<part + 1) > contextBytes {
            chunks.append(start..<part)
            start = part
        }
        if let last = chunks.last, 4 * corpus.store.byteCount(of: document, start..<count) < contextBytes {
            chunks[chunks.count - 1] = last.lowerBound..<count
        } else {
            chunks.append(start..<count)
        }
        return chunks
    }
}
