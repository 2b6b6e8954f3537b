import Failures

/// Tokens that are found in a text before it is normalised, such as `[SEP]`.
struct AddedTokens: Sendable {
    /// What a text consists of.
    enum Part: Equatable {
        case text(Substring)
        case token(Int32)
    }

    private var trie = ByteTrie()
    private var firstBytes: Set<UInt8> = []
    /// One more than the largest id.
    private(set) var idLimit = 0
    /// Those that are no words.
    private(set) var special: Set<Int32> = []
    /// Stands for a hidden word.
    private(set) var mask: Int32?

    /// What models call their mask: BERT's, RoBERTa's, and our own.
    private static let maskNames: Set<String> = ["[MASK]", "<mask>", SymbolTokenizer.maskName]

    init(_ tokens: [TokenizerFile.Added]) {
        for token in tokens where !token.content.isEmpty {
            trie.insert(token.content.utf8, Int32(truncatingIfNeeded: token.id))
            firstBytes.formUnion(token.content.utf8.prefix(1))
            idLimit = max(idLimit, token.id + 1)
            if token.special ?? true { special.insert(Int32(truncatingIfNeeded: token.id)) }
            if Self.maskNames.contains(token.content) { mask = Int32(truncatingIfNeeded: token.id) }
        }
    }

    /// The text cut at every such token, from left to right; of two that begin at one place the longer one counts.
    func parts(of text: String) -> [Part] {
        guard text.utf8.contains(where: firstBytes.contains) else { return [.text(text[...])] }
        let bytes = Array(text.utf8)
        var parts: [Part] = [], start = 0, place = 0
        func cut(to end: Int) {
            let utf8 = text.utf8
            let first = utf8.index(utf8.startIndex, offsetBy: start), last = utf8.index(first, offsetBy: end - start)
            if start < end { parts.append(.text(text[first..<last])) }
        }
        while place < bytes.count {
            if let token = trie.longest(in: bytes, from: place, to: bytes.count) {
                cut(to: place)
                parts.append(.token(token.value))
                (start, place) = (token.end, token.end)
            } else {
                place += 1
            }
        }
        cut(to: bytes.count)
        return parts
    }
}

/// The tokens that stand before and behind every text.
struct TokenTemplate: Sendable, Equatable {
    var prefix: [Int32] = [], suffix: [Int32] = []

    /// How many tokens it adds.
    var count: Int { prefix.count + suffix.count }

    init(prefix: [Int32] = [], suffix: [Int32] = []) {
        self.prefix = prefix
        self.suffix = suffix
    }

    /// What a file's post-processor does to a single text.
    ///
    /// - Throws: `.badData` where it is of a kind that is not known.
    init(_ step: TokenizerFile.PostProcessor?, of path: String) throws(Failure) {
        switch step?.type {
        case nil, "ByteLevel": break
        case "BertProcessing", "RobertaProcessing":
            prefix = step?.cls.map { [Int32(truncatingIfNeeded: $0.id)] } ?? []
            suffix = step?.sep.map { [Int32(truncatingIfNeeded: $0.id)] } ?? []
        case "TemplateProcessing":
            let pieces = step?.single ?? [], place = pieces.firstIndex { $0.Sequence != nil } ?? pieces.count
            func ids(_ pieces: ArraySlice<TokenizerFile.TemplatePiece>) -> [Int32] {
                pieces.compactMap(\.SpecialToken).flatMap { step?.special_tokens?[$0.id]?.ids ?? [] }
                    .map { Int32(truncatingIfNeeded: $0) }
            }
            (prefix, suffix) = (ids(pieces[..<place]), ids(pieces[place...]))
        case "Sequence":
            for part in step?.processors ?? [] {
                let part = try TokenTemplate(part, of: path)
                (prefix, suffix) = (part.prefix + prefix, suffix + part.suffix)
            }
        case let other?:
            throw .unreadableTokenizer(path, "its post_processor is \(other), which is not known")
        }
    }
}

/// What stands around the pieces of a text, whichever they are: tokens found in it, and tokens before and behind it.
struct TokenFrame: Sendable {
    let added: AddedTokens
    let template: TokenTemplate

    /// Tokens that are no words: those that are added as such, and those around every text.
    var special: Set<Int32> { added.special.union(template.prefix).union(template.suffix) }

    /// The tokens of `text`, never more than `contextLength`. `append` adds the pieces of a part, given whether it is the
    /// first, and may stop beyond the limit that it is told.
    func encode(
        _ text: String, contextLength: Int, append: (Substring, Bool, inout [Int32], _ limit: Int) -> Void
    ) -> Tokens {
        let room = contextLength - template.count
        precondition(room >= 0, "context length \(contextLength) has no room for start and end token")
        var ids: [Int32] = []
        for (number, part) in added.parts(of: text).enumerated() where ids.count <= room {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let text): append(text, number == 0, &ids, room)
            }
        }
        return Tokens(ids: template.prefix + ids.prefix(room) + template.suffix, isTruncated: ids.count > room)
    }
}
