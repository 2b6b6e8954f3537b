import Failures
import Foundation
import Testing

@testable import Tokenizers

@Suite struct WordPieceTokenizerTests {
    @Test(arguments: ["uncased", "cased"]) func `ids equal those of BERT's pipeline`(name: String) throws {
        let tokenizer = try readTokenizer(folder: "\(Fixtures.folder)/\(name)"), golden = try Fixtures.pieces.get()
        #expect(tokenizer is WordPieceTokenizer && golden.cases.count > 300)
        for sample in golden.cases {
            let result = name == "cased" ? sample.cased : sample.uncased
            let expected = Tokens(ids: result.ids, isTruncated: result.truncated)
            #expect(tokenizer.encode(sample.text, contextLength: 40) == expected, "\(sample.text.debugDescription)")
        }
    }

    @Test func `vocab.txt alone gives the ids of tokenizer.json`() throws {
        let folder = try ScratchFolder()
        try folder.write(
            String(contentsOfFile: "\(Fixtures.folder)/uncased/vocab.txt", encoding: .utf8), to: "vocab.txt")
        let old = try readTokenizer(folder: folder.path)
        let new = try readTokenizer(folder: "\(Fixtures.folder)/uncased")
        #expect(old.vocabSize == new.vocabSize)
        for sample in try Fixtures.pieces.get().cases where sample.text.count < 30 {
            #expect(old.encode(sample.text, contextLength: 40) == new.encode(sample.text, contextLength: 40))
        }
    }

    @Test func `what is written again is what was read`() throws {
        let folder = try ScratchFolder()
        try readTokenizer(folder: "\(Fixtures.folder)/uncased").write(to: folder.path, contextLength: 40)
        for name in ["tokenizer.json", "vocab.txt"] {
            let written = try folder.read(name)
            #expect(try written == String(contentsOfFile: "\(Fixtures.folder)/uncased/\(name)", encoding: .utf8))
        }
    }

    @Test func `start and end are BERT's`() throws {
        let tokenizer = try readTokenizer(folder: "\(Fixtures.folder)/uncased")
        #expect(tokenizer.startToken == 2 && tokenizer.endToken == 3)
        #expect(tokenizer.encode("", contextLength: 2) == Tokens(ids: [2, 3], isTruncated: false))
    }

    @Test(arguments: [
        (#"{"model": {"type": "WordPiece", "vocab": {"a": 0}, "unk_token": "[UNK]"}}"#, "its normalizer is missing"),
        (#"{"model": {"type": "Markov", "vocab": {"a": 0}}}"#, "found a Markov model"),
        (#"{"model": {"type": "WordPiece", "vocab": {"a": -1}}}"#, "its normalizer is missing"),
        ("{", "not valid JSON"),
    ]) func `another pipeline is refused by name`(json: String, why: String) throws {
        let folder = try ScratchFolder()
        try folder.write(json, to: "tokenizer.json")
        let failure = #expect(throws: Failure.self) { try readTokenizer(folder: folder.path) }
        #expect(failure?.line.contains(why) == true, "\(failure?.line ?? "")")
        #expect(failure?.kind == .badData)
    }
}
