public import Failures
import Foundation
import Storage

extension BytePairTokenizer {
    /// Reads the tokenizer of a model folder: `tokenizer.json`, else `vocab.json` with `merges.txt`, else `merges.txt`
    /// or CLIP's `bpe_simple_vocab_16e6.txt` alone, whose ids then follow CLIP's layout.
    ///
    /// - Throws: `.missingInput` where the folder has none of them, `.badData` where they are not CLIP's byte-level BPE.
    public init(folder: String) throws(Failure) {
        let files = ["tokenizer.json", "vocab.json", "merges.txt", "bpe_simple_vocab_16e6.txt"].map {
            "\(folder)/\($0)"
        }
        let isThere = files.map { FileManager.default.fileExists(atPath: $0) }
        if isThere[0] {
            try self.init(decodeTokenizer(TokenizerFile.self, tokenizerBytes(files[0]), files[0]), of: files[0])
        } else if isThere[1] {
            try self.init(vocabFile: files[1], mergesFile: files[2])
        } else if isThere[2] || isThere[3] {
            try self.init(mergesFile: files[isThere[2] ? 2 : 3])
        } else {
            throw Failure(
                .missingInput, "cannot open tokenizer", at: folder,
                because: "found neither tokenizer.json nor vocab.json nor merges.txt",
                try: "give a model folder, such as one written by clip-train")
        }
    }

    /// Hugging Face's one file.
    init(_ file: TokenizerFile, of path: String) throws(Failure) {
        let model = file.model
        guard model.type == nil || model.type == "BPE", model.end_of_word_suffix == ByteSymbols.endOfWord else {
            throw .unreadableTokenizer(
                path,
                "found a \(model.type ?? "BPE") model with end_of_word_suffix \"\(model.end_of_word_suffix ?? "")\", "
                    + "expected BPE with \"\(ByteSymbols.endOfWord)\", WordPiece, Unigram or WordLevel")
        }
        let vocab = try model.vocab.ids(of: path), merges = model.merges ?? []
        try self.init(vocab: vocab, of: path, merges: merges.map(\.parts), of: path) { "merge \($0 + 1)" }
    }

    /// The two older files.
    init(vocabFile: String, mergesFile: String) throws(Failure) {
        let vocab = try decodeTokenizer([String: Int].self, tokenizerBytes(vocabFile), vocabFile),
            file = try MergesFile(mergesFile)
        try self.init(vocab: vocab, of: vocabFile, merges: file.merges, of: mergesFile) {
            "line \(file.firstLine + $0)"
        }
    }

    /// Merges alone.
    init(mergesFile path: String) throws(Failure) {
        let file = try MergesFile(path)
        var names = ByteSymbols.names
        var seen = Set(names)
        for name in file.merges.lazy.map({ $0.joined() }) where seen.insert(name).inserted { names.append(name) }
        names += [SpecialTokens.start, SpecialTokens.end]
        let vocab = Dictionary(names.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        try self.init(vocab: vocab, of: path, merges: file.merges, of: path) { "line \(file.firstLine + $0)" }
    }

    /// Checks everything that `encode` relies on.
    private init(
        vocab: [String: Int], of vocabFile: String, merges: [[String]], of mergesFile: String,
        place: (Int) -> String
    ) throws(Failure) {
        var names = [String?](repeating: nil, count: vocab.count)
        for (name, id) in vocab {
            guard names.indices.contains(id), names[id] == nil else {
                throw .unreadableTokenizer(
                    vocabFile, "token \"\(name)\" has id \(id), expected each of 0 to \(vocab.count - 1) once")
            }
            names[id] = name
        }
        for name in ByteSymbols.names + [SpecialTokens.start, SpecialTokens.end] where vocab[name] == nil {
            throw .unreadableTokenizer(vocabFile, "found no token \"\(name)\"")
        }
        let ids = vocab.mapValues { Int32(truncatingIfNeeded: $0) }
        var rules: [Merge] = []
        for (i, parts) in merges.enumerated() {
            guard parts.count == 2 else {
                throw .unreadableTokenizer(mergesFile, "\(place(i)) has \(parts.count) parts, expected 2")
            }
            guard let left = ids[parts[0]], let right = ids[parts[1]], let joined = ids[parts[0] + parts[1]] else {
                throw .unreadableTokenizer(
                    mergesFile,
                    "\(place(i)) joins \"\(parts[0])\" and \"\(parts[1])\", which the vocabulary does not know"
                )
            }
            rules.append(Merge(pair: Pair(left: left, right: right), joined: joined))
        }
        self.init(names: names.compactMap { $0 }, ids: ids, merges: rules)
    }
}

/// `merges.txt`: a header line, then two tokens a line, best merge first.
private struct MergesFile {
    private(set) var merges: [[String]] = []
    private(set) var firstLine = 1

    /// CLIP's own list is five times as long as what CLIP reads of it.
    private static let clipMergeCount = 48_894

    init(_ path: String) throws(Failure) {
        var lines = try tokenizerBytes(path).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        if lines.last?.isEmpty == true { lines.removeLast() }
        var limit = Int.max
        if let header = lines.first.map({ String(decoding: $0, as: UTF8.self) }), header.contains("#version:") {
            lines.removeFirst()
            firstLine = 2
            if header.contains("bpe_simple_vocab_16e6") { limit = Self.clipMergeCount }
        }
        merges = lines.prefix(limit).map { line in
            line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }.map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }
}
