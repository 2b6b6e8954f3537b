import Failures
import Foundation
import Testing

@testable import Tokenizers

@Suite struct TokenizerFilesTests {
    @Test(arguments: [
        [], ["tokenizer.json"], ["tokenizer.json", "vocab.json"],
        ["tokenizer.json", "vocab.json", "tokenizer_config.json"],
    ])
    func `what was written is read again, from each of the files`(missing: [String]) throws {
        let trained = BytePairTokenizer.trained(on: captions), folder = try ScratchFolder()
        try trained.write(to: folder.path, contextLength: 32)
        for name in missing { try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)") }
        #expect(try BytePairTokenizer(folder: folder.path) == trained)
    }

    @Test func `files are those from which CLIPTokenizerFast took its ids, byte for byte`() throws {
        let folder = try ScratchFolder()
        try Fixtures.own.get().write(to: folder.path, contextLength: 32)
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(Fixtures.folder)/own").sorted()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == names)
        #expect(names.count == 5)
        for name in names {
            let stored = try Data(contentsOf: URL(filePath: "\(Fixtures.folder)/own/\(name)"))
            #expect(try Data(folder.read(name).utf8) == stored, "\(name)")
        }
    }

    @Test func `all files are JSON and name the special tokens`() throws {
        let folder = try ScratchFolder()
        try BytePairTokenizer.trained(on: captions).write(to: folder.path, contextLength: 32)
        for name in ["tokenizer.json", "vocab.json", "tokenizer_config.json", "special_tokens_map.json"] {
            let json = try JSONSerialization.jsonObject(with: Data(folder.read(name).utf8)) as? [String: Any]
            #expect(json != nil, "\(name)")
            if name.hasSuffix("_map.json") { #expect(json?["eos_token"] as? String == SpecialTokens.end) }
            if name.hasSuffix("_config.json") { #expect(json?["model_max_length"] as? Int == 32) }
        }
    }

    @Test func `merges may be strings or arrays, and ids in any order`() throws {
        let folder = try ScratchFolder(), trained = BytePairTokenizer.trained(on: captions)
        let last = trained.vocabSize - 1
        let vocab = Dictionary(uniqueKeysWithValues: trained.names.enumerated().map { ($1, last - $0) })
        let merges = trained.merges.map { [trained.names[Int($0.pair.left)], trained.names[Int($0.pair.right)]] }
        let model: [String: Any] = ["type": "BPE", "end_of_word_suffix": "</w>", "vocab": vocab, "merges": merges]
        let data = try JSONSerialization.data(withJSONObject: ["model": model])
        try folder.write(String(decoding: data, as: UTF8.self), to: "tokenizer.json")
        let read = try BytePairTokenizer(folder: folder.path)
        for caption in captions {
            let turned = read.encode(caption, contextLength: 30).ids.map { Int32(last) - $0 }
            #expect(turned == trained.encode(caption, contextLength: 30).ids)
        }
    }

    @Test func `of CLIP's long list only the first 48,894 merges are read`() throws {
        let folder = try ScratchFolder()
        let merges = try String(contentsOfFile: "\(Fixtures.folder)/clip/merges.txt", encoding: .utf8)
        let header = "\"bpe_simple_vocab_16e6.txt#version: 0.2"
        try folder.write(
            header + merges.dropFirst("#version: 0.2".count) + "un known\n", to: "bpe_simple_vocab_16e6.txt")
        #expect(try BytePairTokenizer(folder: folder.path) == Fixtures.clip.get())
    }

    @Test(arguments: [
        ("tokenizer.json", "", "not valid JSON"),
        ("tokenizer.json", "{\"model\": {}}", "found no \"vocab\""),
        (
            "tokenizer.json", "{\"model\": {\"vocab\": 3, \"merges\": []}}",
            "\"model.vocab\" has another type than expected"
        ),
        (
            "tokenizer.json", "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {}, \"merges\": []}}",
            "found a WordPiece model"
        ),
        (
            "tokenizer.json", "{\"model\": {\"vocab\": {}, \"merges\": []}}",
            "found a BPE model with end_of_word_suffix \"\""
        ),
        ("vocab.json", "[]", "has another type than expected"),
        ("vocab.json", "{\"a\": 1}", "token \"a\" has id 1, expected each of 0 to 0 once"),
        ("vocab.json", "{\"a\": 0}", "found no token \"!\""),
        ("merges.txt", "#version: 0.2\ni n\na b c\n", "line 3 has 3 parts, expected 2"),
        ("merges.txt", "i n\n\nt h\n", "line 2 has 0 parts, expected 2"),
        ("merges.txt", "#version: 0.2\r\ni n\r\ninn x\r\n", "line 3 joins \"inn\" and \"x\""),
    ])
    func `a malformed file is one clear line`(name: String, text: String, why: String) throws {
        let folder = try ScratchFolder()
        if name == "vocab.json" { try folder.write("#version: 0.2\n", to: "merges.txt") }
        try folder.write(text, to: name)
        let failure = #expect(throws: Failure.self) { try BytePairTokenizer(folder: folder.path) }
        #expect(failure?.kind == .badData)
        #expect(failure?.place == "\(folder.path)/\(name)")
        #expect(failure?.why.contains(why) == true, "\(failure?.line ?? "")")
        #expect(failure?.line.contains("\n") == false)
    }

    @Test func `a folder without a tokenizer, and vocab.json without merges.txt, are missing input`() throws {
        let folder = try ScratchFolder()
        #expect(throws: Failure.self) { try BytePairTokenizer(folder: folder.path) }
        try folder.write("{}", to: "vocab.json")
        let failure = #expect(throws: Failure.self) { try BytePairTokenizer(folder: folder.path) }
        #expect(failure?.kind == .missingInput && failure?.place == "\(folder.path)/merges.txt")
    }

    @Test func `a damaged file is a failure or a tokenizer, never a trap`() throws {
        let folder = try ScratchFolder()
        try BytePairTokenizer.trained(on: captions).write(to: folder.path, contextLength: 32)
        let text = Array(try folder.read("tokenizer.json").utf8)
        for i in stride(from: 0, to: text.count, by: text.count / 40) {
            var damaged = text
            damaged[i] = damaged[i] == 0x22 ? 0x20 : 0x22
            for bytes in [damaged, Array(text[..<i])] {
                try folder.write(String(decoding: bytes, as: UTF8.self), to: "tokenizer.json")
                guard let read = try? BytePairTokenizer(folder: folder.path) else { continue }
                #expect(read.encode("a red circle", contextLength: 9).ids.count <= 9)
            }
        }
    }
}
