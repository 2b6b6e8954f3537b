import Foundation
import Testing

/// `clip-index --text` and `clip-search` over it, with a small text tower.
@Suite(.enabled(if: runsSlowTests), .serialized) struct TextSearchTests {
    private let index = Command(name: "clip-index"), search = Command(name: "clip-search")

    private func workplace() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../Fixtures/golden/towers/bert")
        for file in ["config.json", "model.safetensors"] {
            try folder.write(Data(contentsOf: fixtures.appending(path: file)), to: "tower/\(file)")
        }
        let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "green", "blue", "yellow", "white", "black", "above"]
        try folder.write(words.map { $0 + "\n" }.joined(), to: "tower/vocab.txt")
        try folder.write("red above blue\n\nwhite above black\n", to: "notes/one.txt")
        try folder.write("# Title\n\ngreen green\nyellow\n", to: "notes/sub/two.md")
        try folder.write("not for people", to: "notes/three.bin")
        return folder
    }

    private let options = ["--text", "notes", "--model", "tower", "--output", "index", "--passages", "paragraphs"]

    @Test func `a passage is found by its own words, by meaning, by words and by both`() throws {
        let folder = try workplace()
        let built = try index.run(options, in: folder)
        #expect(built.code == 0 && built.talk.contains("4 passages in index: 2 new"), "\(built.talk)")
        try folder.remove("tower")
        for match in ["meaning", "words", "both"] {
            let found = try search.run(["index", "white above black", "--match", match, "--json"], in: folder)
            #expect(
                found.events.first?["text"] as? String == "white above black", "\(match): \(found.output)\(found.talk)")
            #expect(found.events.first?["line"] as? Int == 3)
        }
        let plain = try search.run(["index", "yellow", "--match", "words"], in: folder)
        #expect(plain.output.hasSuffix("/notes/sub/two.md:3\tgreen green yellow\n"), "\(plain.output)")
        let none = try search.run(["index", "purple \"(*", "--match", "words"], in: folder)
        #expect(none.code == 0 && none.output.isEmpty)
    }

    @Test func `texts are added by the tower inside, removed by path, and never in part`() throws {
        let folder = try workplace()
        #expect(try index.run(options, in: folder).code == 0)
        try folder.remove("tower")
        try folder.write("blue blue\n", to: "more/three.txt")
        let added = try index.run(["add", "index", "more"], in: folder)
        #expect(added.code == 0 && added.talk.contains("5 passages in index: 1 new"), "\(added.talk)")
        let part = try index.run(["remove", "index", "1"], in: folder)
        #expect(part.code == 78 && part.talk.contains("only some of its 2 passages"), "\(part.talk)")
        let removed = try index.run(["remove", "index", "notes/one.txt"], in: folder)
        #expect(removed.code == 0 && removed.talk.contains("2 removed, 3 left"), "\(removed.talk)")
        #expect(try search.run(["index", "white", "--match", "words"], in: folder).output.isEmpty)
        let found = try search.run(["index", "blue", "--match", "both", "--json"], in: folder)
        #expect((found.events.first?["path"] as? String)?.hasSuffix("more/three.txt") == true)
        #expect(try index.run(["verify", "index", "--fail-under", "1"], in: folder).code == 0)
        #expect(try index.run(["export", "index", "t", "--format", "clip-retrieval"], in: folder).code == 0)
        #expect(try folder.names("t") == ["metadata", "text_emb"])
        let unfit = try search.run(["index", "blue", "--at-least", "0.5"], in: folder)
        #expect(unfit.code == 78)
    }

    @Test func `vectors stand in the order of files and lines, of as many tokens as the tower's folder says`() throws {
        let folder = try workplace()
        try folder.write("{\"max_seq_length\": 3}", to: "tower/sentence_bert_config.json")
        try folder.write("red above blue\nblue\nred\n", to: "notes/one.txt")
        let built = try index.run(
            [
                "--text", "notes/one.txt", "--model", "tower", "--output", "index", "--passages", "lines", "--vectors",
                "v.npy",
            ],
            in: folder)
        #expect(built.code == 0, "\(built.talk)")
        let places = String(decoding: try folder.read("v.txt"), as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: "/").last }
        #expect(places == ["one.txt:1", "one.txt:2", "one.txt:3"])
        let bytes = try folder.read("v.npy").dropFirst(128), width = bytes.count / 3
        #expect(bytes.prefix(width).elementsEqual(bytes.suffix(width)))
        #expect(!bytes.prefix(width).elementsEqual(bytes.dropFirst(width).prefix(width)))
    }

    @Test func `a second run embeds what is new, and forgets what is gone`() throws {
        let folder = try workplace()
        #expect(try index.run(options, in: folder).code == 0)
        try folder.move("notes/one.txt", to: "notes/moved.txt")
        try folder.write("blue\n", to: "notes/sub/two.md")
        try folder.write("black", to: "notes/new.txt")
        try folder.write(Data([0xFF, 0xFE, 0x00]), to: "notes/broken.txt")
        let second = try index.run(options, in: folder)
        #expect(second.code == 0 && second.talk.contains("1 new, 1 changed, 1 moved, 1 skipped"), "\(second.talk)")
        #expect(second.talk.contains("broken.txt: it is not UTF-8"))
        let found = try search.run(["index", "white above black", "-k", "9", "--json"], in: folder)
        let paths = found.events.compactMap { ($0["path"] as? String)?.split(separator: "/").last }
        #expect(paths.count == 4 && paths.first == "moved.txt", "\(paths)")
        try folder.remove("notes/moved.txt")
        let third = try index.run(options, in: folder)
        #expect(third.talk.contains("1 forgotten"), "\(third.talk)")
        let left = try search.run(["index", "white", "--match", "words"], in: folder)
        #expect(left.code == 0 && left.output.isEmpty, "\(left.output)")
    }

    @Test func `what does not fit is one line`() throws {
        let folder = try workplace()
        #expect(try index.run(options, in: folder).code == 0)
        let cases: [(Command, [String], Int32, String)] = [
            (index, ["--text", "nowhere", "--model", "tower", "--output", "x"], 66, "nowhere"),
            (index, ["--text", "tower", "--model", "tower", "--output", "x", "--passages", "lines"], 0, ""),
            (
                index, ["--text", "notes", "--model", "tower", "--output", "index", "--passages", "lines"], 78,
                "are paragraphs"
            ),
            (index, ["notes", "--model", "tower", "--output", "index"], 78, "no picture tower"),
            (search, ["index", "red", "--image", "a.png"], 78, "--image"),
            (index, ["--text", "notes", "--model", "notes", "--output", "y"], 66, "notes"),
        ]
        for (command, arguments, code, words) in cases {
            let outcome = try command.run(arguments, in: folder)
            #expect(outcome.code == code, "\(arguments): \(outcome.talk)")
            guard code != 0 else { continue }
            #expect(outcome.talk.split(separator: "\n").count == 1 && outcome.talk.contains(words), "\(outcome.talk)")
        }
    }
}
