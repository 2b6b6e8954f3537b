import Foundation

@testable import Tokenizers

/// Files that `scripts/golden/tokenizer.py` wrote.
enum Fixtures {
    static let folder = URL(filePath: #filePath).appending(path: "../../Fixtures/tokenizer").standardized.path()

    struct Golden: Decodable {
        struct Result: Decodable {
            let ids: [Int32]
            let truncated: Bool
        }

        struct Case: Decodable {
            let text: String
            let clip, own: Result
        }

        let cases: [Case]
    }

    struct PieceGolden: Decodable {
        struct Case: Decodable {
            let text: String
            let uncased, cased, unigram: Golden.Result
        }

        let cases: [Case]
    }

    static let pieces: Result<PieceGolden, any Error> = Result {
        try JSONDecoder().decode(PieceGolden.self, from: Data(contentsOf: URL(filePath: "\(folder)/pieces.json")))
    }

    static let golden: Result<Golden, any Error> = Result {
        try JSONDecoder().decode(Golden.self, from: Data(contentsOf: URL(filePath: "\(folder)/golden.json")))
    }

    /// CLIP's own vocabulary.
    static let clip = Result { () throws(any Error) in try BytePairTokenizer(folder: "\(folder)/clip") }
    /// A small one, in files that our own code wrote.
    static let own = Result { () throws(any Error) in try BytePairTokenizer(folder: "\(folder)/own") }
}

/// A folder that is gone when its value leaves scope.
final class ScratchFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "tokenizer-\(UUID().uuidString)").path()

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }

    func read(_ name: String) throws -> String {
        try String(decoding: Data(contentsOf: URL(filePath: "\(path)/\(name)")), as: UTF8.self)
    }
}

/// A few captions with words that come back.
let captions = [
    "a small red circle left of a large blue square", "a large blue circle above a small red square",
    "The red square isn't small!", "two small circles, one large circle", "ein großer roter Kreis, 2 kleine Kreise",
    "大きな青い円 と 小さな赤い円", "a red circle 😀😀 and a blue circle 😀",
]
