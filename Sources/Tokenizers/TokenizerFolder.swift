public import Failures
import Foundation
import Storage

/// Reads the tokenizer of a model folder, whichever kind it is.
///
/// `tokenizer.json` decides where there is one; else BERT's `vocab.txt`, else CLIP's `vocab.json` and `merges.txt`.
///
/// - Throws: `.missingInput` where the folder has none of them, `.badData` where they are damaged or of a kind that is
///   not known.
public func readTokenizer(folder: String) throws(Failure) -> any Tokenizer {
    let path = "\(folder)/\(TokenizerFiles.pipeline)", vocab = "\(folder)/\(TokenizerFiles.vocab)"
    let files = try TokenizerFiles(folder)
    if let json = files.bytes(of: TokenizerFiles.pipeline) {
        let file = try decodeTokenizer(TokenizerFile.self, json, path)
        switch file.model.type ?? "BPE" {
        case "WordPiece": return try WordPieceTokenizer(file, of: path, files)
        case "Unigram": return try UnigramTokenizer(file, of: path, files)
        case "WordLevel": return try SymbolTokenizer(file, of: path, files)
        default: return try BytePairTokenizer(file, of: path)
        }
    }
    if let lines = files.bytes(of: TokenizerFiles.vocab) {
        return try WordPieceTokenizer(vocab: lines, of: vocab, files)
    }
    return try BytePairTokenizer(folder: folder)
}

/// The files of a tokenizer, to be written again as they were read, or as training made them.
struct TokenizerFiles: Sendable {
    static let pipeline = "tokenizer.json", vocab = "vocab.txt"
    static let settings = "tokenizer_config.json", specialTokens = "special_tokens_map.json"
    private static let names = [pipeline, vocab, settings, specialTokens]

    private var contents: [(name: String, bytes: [UInt8])] = []

    init(_ folder: String) throws(Failure) {
        for name in Self.names where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
            contents.append((name, try tokenizerBytes("\(folder)/\(name)")))
        }
    }

    /// The files of a tokenizer that is made here.
    init(_ texts: KeyValuePairs<String, String>) {
        contents = texts.map { (name: $0.key, bytes: Array($0.value.utf8)) }
    }

    /// What a file holds; nil where there is none.
    func bytes(of name: String) -> [UInt8]? { contents.first { $0.name == name }?.bytes }

    func write(to folder: String) throws(Failure) {
        try AtomicFile.makeFolder(folder)
        for (name, bytes) in contents { try AtomicFile.write(bytes, to: "\(folder)/\(name)") }
    }
}

/// The bytes of one of a tokenizer's files.
func tokenizerBytes(_ path: String) throws(Failure) -> [UInt8] {
    try MappedFile(path).read { $0.bytes(0..<$0.byteCount) }
}

/// What the JSON of one of a tokenizer's files says. `path` is what a failure calls it.
func decodeTokenizer<Value: Decodable>(
    _ type: Value.Type, _ json: [UInt8], _ path: String
) throws(Failure) -> Value {
    do {
        return try JSONDecoder().decode(type, from: Data(json))
    } catch {
        throw .unreadableTokenizer(path, reason(error))
    }
}

private func reason(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, _): "found no \"\(key.stringValue)\""
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
        "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" has another type than expected"
    default: "not valid JSON"
    }
}

extension Failure {
    static func unreadableTokenizer(_ path: String, _ why: String) -> Failure {
        Failure(
            .badData, "cannot read tokenizer", at: path, because: why,
            try: "use the files that CLIP's, BERT's or SigLIP's tokenizer or clip-train wrote")
    }
}
