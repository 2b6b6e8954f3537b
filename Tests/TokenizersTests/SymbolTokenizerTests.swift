import Failures
import Foundation
import Testing

@testable import Tokenizers

@Suite struct SymbolTokenizerTests {
    /// The texts whose vocabularies lie in the fixtures `symbols` and `nucleotides`.
    static let logs = [
        "login view view buy logout", "login view\u{3000}\"quote\\ \u{1} ü ü view", "buy buy \"quote\\ \u{1} rare",
    ]
    static let bases = ["ACGT ACGT\nAAN", "GATTACA"]

    private static func trained(_ name: String) throws -> SymbolTokenizer {
        name == "symbols"
            ? try .trained(on: logs, symbols: .words) : try .trained(on: bases, symbols: .characters)
    }

    @Test func `ids go from the unknown token over frequent symbols to mask, start and end`() throws {
        let tokenizer = try Self.trained("symbols")
        // view 4, buy 3, and twice each: U+0001, the quote, login, ü
        #expect(
            tokenizer.encode("view buy \u{1} \"quote\\ login ü rare", contextLength: 20).ids == [
                8, 1, 2, 3, 4, 5, 6, 0, 9,
            ])
        #expect(tokenizer.vocabSize == 10 && tokenizer.startToken == 8 && tokenizer.endToken == 9)
        #expect(tokenizer.maskToken == 7 && tokenizer.specialTokens == [0, 7, 8, 9])
    }

    @Test(arguments: ["symbols", "nucleotides"]) func `files are those from which Hugging Face took its ids`(
        name: String
    ) throws {
        let folder = try ScratchFolder()
        try Self.trained(name).write(to: folder.path, contextLength: 12)
        for file in ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"] {
            let stored = try String(contentsOfFile: "\(Fixtures.folder)/\(name)/\(file)", encoding: .utf8)
            #expect(try folder.read(file) == stored, "\(file)")
        }
    }

    @Test(arguments: ["symbols", "nucleotides"]) func `ids equal those of Hugging Face's WordLevel`(name: String) throws
    {
        struct Golden: Decodable {
            struct Case: Decodable {
                let text: String
                let symbols, nucleotides: Fixtures.Golden.Result
            }
            let cases: [Case]
        }
        let json = try Data(contentsOf: URL(filePath: "\(Fixtures.folder)/symbols.json"))
        let golden = try JSONDecoder().decode(Golden.self, from: json), own = try Self.trained(name)
        let read = try readTokenizer(folder: "\(Fixtures.folder)/\(name)")
        #expect(read is SymbolTokenizer && golden.cases.count > 20)
        for sample in golden.cases {
            let result = name == "symbols" ? sample.symbols : sample.nucleotides
            let expected = Tokens(ids: result.ids, isTruncated: result.truncated)
            #expect(own.encode(sample.text, contextLength: 12) == expected, "\(sample.text.debugDescription)")
            #expect(read.encode(sample.text, contextLength: 12) == expected, "\(sample.text.debugDescription)")
        }
    }

    @Test func `what is written again is what was read`() throws {
        let first = try ScratchFolder(), second = try ScratchFolder()
        try Self.trained("symbols").write(to: first.path, contextLength: 12)
        try readTokenizer(folder: first.path).write(to: second.path, contextLength: 99)
        for file in ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"] {
            #expect(try first.read(file) == second.read(file))
        }
    }

    @Test func `the most frequent symbols have room, and the order of texts makes no difference`() throws {
        let tokenizer = try SymbolTokenizer.trained(on: Self.logs.reversed(), symbols: .words, vocabSize: 6)
        #expect(tokenizer.encode("view buy login", contextLength: 9).ids == [4, 1, 2, 0, 5])
        let all = try SymbolTokenizer.trained(on: Self.logs.reversed(), symbols: .words)
        let same = try Self.trained("symbols")
        for text in Self.logs { #expect(all.encode(text, contextLength: 30) == same.encode(text, contextLength: 30)) }
    }

    @Test func `a symbol that is composed in another way is another symbol`() throws {
        let tokenizer = try SymbolTokenizer.trained(on: ["\u{FC} \u{FC} u\u{308} u\u{308} \u{FC}"], symbols: .words)
        #expect(tokenizer.encode("\u{FC} u\u{308}", contextLength: 9).ids == [3, 1, 0, 4])
    }

    @Test func `a long text loses its end`() throws {
        let tokenizer = try Self.trained("nucleotides")
        let tokens = tokenizer.encode("ACGTACGT", contextLength: 5)
        #expect(tokens.isTruncated && tokens.ids.count == 5 && tokens.ids.last == tokenizer.endToken)
    }

    @Test func `texts without a repeated symbol are a failure`() {
        let failure = #expect(throws: Failure.self) { try SymbolTokenizer.trained(on: ["a b"], symbols: .words) }
        #expect(failure?.why == "none of 2 symbols occurs twice")
    }

    @Test(arguments: [
        (#"{"model": {"type": "WordLevel", "vocab": {"a": 0}}}"#, "found no token \"<unk>\""),
        (
            #"{"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}, "pre_tokenizer": {"type": "Digits"}}"#,
            "its pre_tokenizer is Digits"
        ),
        (#"{"model": {"type": "WordLevel", "vocab": {"a": -1}, "unk_token": "a"}}"#, "has id -1"),
    ]) func `another pipeline is refused by name`(json: String, why: String) throws {
        let folder = try ScratchFolder()
        try folder.write(json, to: "tokenizer.json")
        let failure = #expect(throws: Failure.self) { try readTokenizer(folder: folder.path) }
        #expect(failure?.line.contains(why) == true, "\(failure?.line ?? "")")
    }

    @Test func `masks and special tokens of BERT's pieces are known, and CLIP has no mask`() throws {
        let bert = try readTokenizer(folder: "\(Fixtures.folder)/uncased"), clip = try Fixtures.own.get()
        #expect(bert.maskToken == 4 && bert.specialTokens == [0, 1, 2, 3, 4])
        #expect(clip.maskToken == nil && clip.specialTokens == [clip.start, clip.end])
    }
}
