public import Failures
import Foundation

/// Word pieces as BERT's: each word is cut from the left into the longest pieces that the vocabulary knows.
///
/// Wu et al. 2016, section 4.1, in the form of Devlin et al. 2019 (BERT), `tokenization.py`: a piece inside a word begins
/// with `##`, and a word that cannot be cut is one unknown token. Gives the ids of Hugging Face's `BertTokenizerFast`.
public struct WordPieceTokenizer: Tokenizer {
    /// How many ids there are.
    public let vocabSize: Int
    private let first: ByteTrie  // pieces that begin a word
    private let further: ByteTrie  // pieces inside one, without their prefix
    private let unknown: Int32
    private let longestWord: Int  // in characters; a longer one is unknown
    private let rules: BertWords.Rules
    private let frame: TokenFrame
    private let files: TokenizerFiles

    /// Begins every caption.
    public var startToken: Int32? { frame.template.prefix.first }
    /// Ends every caption, also a truncated one.
    public var endToken: Int32? { frame.template.suffix.last }
    /// Stands for a word that is hidden, where there is such a token.
    public var maskToken: Int32? { frame.added.mask }
    /// Tokens that are no words.
    public var specialTokens: Set<Int32> { frame.special.union([unknown]) }

    /// The tokens of `text`: no padding, and never more than `contextLength` of them, which has room for start and end.
    public func encode(_ text: String, contextLength: Int) -> Tokens {
        frame.encode(text, contextLength: contextLength) { text, _, ids, limit in
            encode(BertWords(text, rules), into: &ids, limit: limit)
        }
    }

    /// Appends ids until the words end or there are more than `limit`.
    private func encode(_ text: BertWords, into ids: inout [Int32], limit: Int) {
        for word in text.words {
            guard ids.count <= limit else { return }
            let before = ids.count
            var place = word.lowerBound
            while place < word.upperBound,
                let piece = (place == word.lowerBound ? first : further)
                    .longest(in: text.bytes, from: place, to: word.upperBound)
            {
                ids.append(piece.value)
                place = piece.end
            }
            if place < word.upperBound || characters(of: text.bytes[word]) > longestWord {
                ids.removeSubrange(before...)
                ids.append(unknown)
            }
        }
    }

    private func characters(of bytes: ArraySlice<UInt8>) -> Int {
        bytes.count <= longestWord ? bytes.count : bytes.count { $0 & 0xC0 != 0x80 }
    }

    /// Writes the files from which this tokenizer was read.
    ///
    /// - Throws: `.cannotWrite`.
    public func write(to folder: String, contextLength: Int) throws(Failure) { try files.write(to: folder) }
}

extension WordPieceTokenizer {
    /// Reads a `tokenizer.json` whose model is WordPiece.
    ///
    /// - Throws: `.badData` where a part of its pipeline is none of BERT's.
    init(_ file: TokenizerFile, of path: String, _ files: TokenizerFiles) throws(Failure) {
        let model = file.model
        guard let normalizer = file.normalizer, normalizer.type == "BertNormalizer" else {
            throw .unreadableTokenizer(
                path, "its normalizer is \(file.normalizer?.type ?? "missing"), expected BertNormalizer")
        }
        let lowercases = normalizer.lowercase ?? true
        let rules = BertWords.Rules(
            cleans: normalizer.clean_text ?? true, separatesIdeographs: normalizer.handle_chinese_chars ?? true,
            lowercases: lowercases, stripsAccents: normalizer.strip_accents ?? lowercases)
        guard file.pre_tokenizer?.type == "BertPreTokenizer" else {
            throw .unreadableTokenizer(
                path, "its pre_tokenizer is \(file.pre_tokenizer?.type ?? "missing"), expected BertPreTokenizer")
        }
        try self.init(
            vocab: try model.vocab.ids(of: path), unknown: model.unk_token ?? "[UNK]",
            prefix: model.continuing_subword_prefix ?? "##", longestWord: model.max_input_chars_per_word ?? 100, rules,
            AddedTokens(file.added_tokens ?? []), try TokenTemplate(file.post_processor, of: path), files, of: path)
    }

    /// Reads BERT's older `vocab.txt`, a piece a line; `tokenizer_config.json` says whether capitals count.
    init(vocab bytes: [UInt8], of path: String, _ files: TokenizerFiles) throws(Failure) {
        struct Settings: Decodable { let do_lower_case: Bool? }
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: /\r?\n/, omittingEmptySubsequences: false)
        var vocab: [String: Int] = [:]
        for (id, line) in lines.enumerated() where !line.isEmpty { vocab[String(line)] = id }
        let special = try ["[CLS]", "[SEP]"].map { (name) throws(Failure) -> Int32 in
            guard let id = vocab[name] else { throw .unreadableTokenizer(path, "found no token \"\(name)\"") }
            return Int32(id)
        }
        let settings = files.bytes(of: TokenizerFiles.settings).flatMap {
            try? JSONDecoder().decode(Settings.self, from: Data($0))
        }
        let lowercases = settings?.do_lower_case ?? true, names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        try self.init(
            vocab: vocab, unknown: "[UNK]", prefix: "##", longestWord: 100,
            BertWords.Rules(lowercases: lowercases, stripsAccents: lowercases),
            AddedTokens(names.compactMap { name in vocab[name].map { .init(id: $0, content: name) } }),
            TokenTemplate(prefix: [special[0]], suffix: [special[1]]), files, of: path)
    }

    private init(
        vocab: [String: Int], unknown: String, prefix: String, longestWord: Int, _ rules: BertWords.Rules,
        _ added: AddedTokens, _ template: TokenTemplate, _ files: TokenizerFiles, of path: String
    ) throws(Failure) {
        guard let unknownID = vocab[unknown] else {
            throw .unreadableTokenizer(path, "found no token \"\(unknown)\" for words that are not known")
        }
        var first = ByteTrie(), further = ByteTrie()
        for (piece, id) in vocab {
            let id = Int32(truncatingIfNeeded: id)
            first.insert(piece.utf8, id)
            if piece.utf8.starts(with: prefix.utf8) { further.insert(piece.utf8.dropFirst(prefix.utf8.count), id) }
        }
        vocabSize = max((vocab.values.max() ?? -1) + 1, added.idLimit)
        (self.first, self.further, self.longestWord) = (first, further, longestWord)
        self.unknown = Int32(truncatingIfNeeded: unknownID)
        (self.rules, self.files, frame) = (rules, files, TokenFrame(added: added, template: template))
    }
}
