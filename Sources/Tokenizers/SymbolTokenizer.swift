public import Failures
import Storage

/// One token a symbol, for sequences that are no language: words between white space, or single characters.
///
/// Ids of a vocabulary made here: the unknown token, the symbols from the most frequent on, the mask, the start token,
/// the end token. Gives the ids of Hugging Face's `WordLevel` behind `WhitespaceSplit`.
public struct SymbolTokenizer: Tokenizer {
    /// What `--vocab-size` is unless someone says otherwise.
    public static let defaultVocabSize = 8192
    /// The four special tokens and one symbol.
    public static let smallestVocabSize = 5
    static let unknownName = "<|unknown|>", maskName = "<|mask|>"

    /// How many ids there are.
    public let vocabSize: Int
    private let ids: [[UInt8]: Int32]  // by bytes: equal strings may be composed in several ways
    private let unknown: Int32
    private let normalizer: TextNormalizer
    private let words: WordSplitter
    private let frame: TokenFrame
    private let files: TokenizerFiles

    /// Begins every text, where there is such a token.
    public var startToken: Int32? { frame.template.prefix.first }
    /// Ends every text, also a truncated one.
    public var endToken: Int32? { frame.template.suffix.last }
    /// Stands for a symbol that is hidden, where there is such a token.
    public var maskToken: Int32? { frame.added.mask }
    /// Tokens that are no symbols.
    public var specialTokens: Set<Int32> { frame.special.union([unknown]) }

    /// The tokens of `text`: no padding, and never more than `contextLength` of them, which has room for start and end.
    public func encode(_ text: String, contextLength: Int) -> Tokens {
        frame.encode(text, contextLength: contextLength) { text, isFirst, tokens, limit in
            for word in words.words(of: normalizer.normalized(String(text)), isFirst: isFirst) {
                guard tokens.count <= limit else { return }
                tokens.append(ids[Array(word.utf8)] ?? unknown)
            }
        }
    }

    /// Reads a `tokenizer.json` whose model is WordLevel.
    ///
    /// - Throws: `.badData` where a part of its pipeline is not known, or where it has no unknown token.
    init(_ file: TokenizerFile, of path: String, _ files: TokenizerFiles) throws(Failure) {
        let vocab = try file.model.vocab.ids(of: path), name = file.model.unk_token ?? "<unk>"
        guard let unknown = vocab[name] else {
            throw .unreadableTokenizer(path, "found no token \"\(name)\" for symbols that are not known")
        }
        let added = AddedTokens(file.added_tokens ?? [])
        ids = Dictionary(vocab.map { (Array($0.key.utf8), Int32(truncatingIfNeeded: $0.value)) }) { first, _ in first }
        vocabSize = max((vocab.values.max() ?? -1) + 1, added.idLimit)
        self.unknown = Int32(truncatingIfNeeded: unknown)
        normalizer = try TextNormalizer(file.normalizer, of: path)
        words = try WordSplitter(file.pre_tokenizer, of: path)
        frame = TokenFrame(added: added, template: try TokenTemplate(file.post_processor, of: path))
        self.files = files
    }

    /// Writes the files from which this tokenizer was read, or those that training made.
    ///
    /// - Throws: `.cannotWrite`.
    public func write(to folder: String, contextLength: Int) throws(Failure) {
        try files.write(to: folder)
        guard files.bytes(of: TokenizerFiles.settings) == nil, ids[Array(Self.unknownName.utf8)] == unknown else {
            return
        }
        try AtomicFile.write(Self.settings(contextLength), to: "\(folder)/\(TokenizerFiles.settings)")
    }
}
