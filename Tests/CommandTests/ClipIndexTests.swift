import Foundation
import Images
import Testing

/// `clip-index` and `clip-search` as a user meets them, on a model that `clip-train` made.
@Suite(.enabled(if: runsSlowTests), .serialized) struct ClipIndexTests {
    private let train = Command(name: "clip-train"), index = Command(name: "clip-index")
    private let search = Command(name: "clip-search")
    private let indexing = ["data", "--model", "run", "--output", "x.clipindex"]

    /// A folder with a run, and an index of its pictures.
    private func indexed() throws -> TemporaryFolder {
        let folder = try trainedFolder()
        let trained = try train.run(
            ["data", "--model", "tiny.json", "--batch-size", "10", "--steps", "8", "--output", "run"], in: folder)
        try #require(trained.code == 0, "\(trained.talk)")
        let outcome = try index.run(indexing, in: folder)
        try #require(outcome.code == 0, "\(outcome.talk)")
        #expect(outcome.output.isEmpty && outcome.talk.contains("30 pictures in x.clipindex: 30 new"))
        return folder
    }

    private func lines(_ outcome: Command.Outcome) -> [[Substring]] {
        outcome.output.split(separator: "\n").map { $0.split(separator: "\t") }
    }

    @Test func `a picture finds itself, and hits are rank, score and path`() throws {
        let folder = try indexed(), picture = "data/pictures/red-blue.png"
        let found = lines(try search.run(["x.clipindex", "--image", picture, "-k", "3"], in: folder))
        #expect(found.count == 3 && found.map { $0[0] } == ["1", "2", "3"] && found[0][1] == "1.0000")
        #expect(found[0][2].hasSuffix("/\(picture)"))
        let neighbours = lines(try search.run(["x.clipindex", "--similar-to", picture, "-k", "2"], in: folder))
        #expect(neighbours.map { $0[2] } == found.dropFirst().map { $0[2] })
        let words = lines(try search.run(["x.clipindex", "2:red above blue", "--minus", picture], in: folder))
        #expect(words.count == 10 && Set(words.map { $0[2] }).count == 10)
    }

    @Test func `JSON has rank, score, path and caption, and paths are ended by zero bytes where asked`() throws {
        let folder = try indexed(), picture = "data/pictures/white-black.png"
        let hits = try search.run(["x.clipindex", "--image", picture, "--json", "-k", "30"], in: folder).events
        #expect(hits.count == 30 && hits.allSatisfy { $0["score"] is Double })
        #expect(hits[0]["rank"] as? Int == 1 && hits[0]["caption"] as? String == "white above black")
        #expect((hits[0]["path"] as? String)?.hasSuffix(picture) == true)
        let paths = try search.run(["x.clipindex", "red", "--null", "-k", "4"], in: folder).output
        #expect(paths.split(separator: "\0").count == 4 && paths.hasSuffix(".png\0"))
    }

    @Test func `a sheet, a page and groups of duplicates`() throws {
        let folder = try indexed()
        let drawn = try search.run(["x.clipindex", "red", "--sheet", "a.png", "--html", "a.html"], in: folder)
        #expect(drawn.code == 0 && lines(drawn).count == 10)
        #expect(try folder.read("a.png").prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
        #expect(try folder.read("a.html").starts(with: Data("<!DOCTYPE html>".utf8)))
        try folder.write(try folder.read("data/pictures/red-blue.png"), to: "data/pictures/zebra.png")
        #expect(try index.run(indexing, in: folder).talk.contains("31 pictures in x.clipindex: 1 new;"))
        let groups = lines(try search.run(["x.clipindex", "--duplicates"], in: folder))
        #expect(groups.contains { $0[2].hasSuffix("zebra.png") } && groups[0][0] == "1")
        let same = lines(try index.run(["duplicates", "x.clipindex"], in: folder))
        #expect(same.map { [$0[0], $0[1], $0[3]] } == groups)
        #expect(try index.run(["duplicates", "x.clipindex", "--by-vectors"], in: folder).output.contains("zebra.png"))
    }

    @Test func `transforms of an index are compared, and those that are written keep their paths`() throws {
        let folder = try indexed()
        let compared = try index.run(["transforms", "x.clipindex", "--queries", "x.clipindex", "--json"], in: folder)
        #expect(compared.code == 0 && compared.events.count > 2, "\(compared.talk)")
        #expect(compared.events.allSatisfy { $0["retrieval"] is [String: Any] })
        let written = try index.run(
            ["transforms", "x.clipindex", "--transform", "pca:4", "--output", "short.npy"], in: folder)
        #expect(written.code == 0, "\(written.talk)")
        #expect(try folder.read("short.npy").count == 128 + 30 * 4 * 4)
        let paths = String(decoding: try folder.read("short.txt"), as: UTF8.self).split(separator: "\n")
        #expect(paths.count == 30 && paths.sorted() == paths && paths.allSatisfy { $0.hasSuffix(".png") })
    }

    @Test func `a second run says what changed`() throws {
        let folder = try indexed()
        #expect(try index.run(indexing, in: folder).talk.contains("nothing new"))
        try folder.remove("data/pictures/red-blue.png")
        try folder.write("no picture", to: "data/pictures/broken.png")
        let outcome = try index.run(indexing, in: folder)
        #expect(outcome.talk.contains("29 pictures in x.clipindex: 1 forgotten, 1 skipped"))
        #expect(try folder.read("x.clipindex/skipped.jsonl").contains(Data("broken.png".utf8)))
        let gone = try search.run(["x.clipindex", "--similar-to", "data/pictures/red-blue.png"], in: folder)
        #expect(gone.code == 66)
    }

    @Test func `pictures are added by the model inside, removed by path or folder, and the index verified`() throws {
        let folder = try indexed()
        let removed = try index.run(["remove", "x.clipindex", "data/pictures/red-blue.png", "--json"], in: folder)
        #expect(removed.events.first?["indexed"] as? Int == 29, "\(removed.talk)")
        #expect(try search.run(["x.clipindex", "--similar-to", "data/pictures/red-blue.png"], in: folder).code == 66)
        try folder.write(try folder.read("data/pictures/red-blue.png"), to: "more/again.png")
        try folder.remove("data/pictures/green-red.png")
        let added = try index.run(["add", "x.clipindex", "more", "--json"], in: folder)
        #expect(added.events.first?["indexed"] as? Int == 30 && added.events.first?["forgotten"] as? Int == 0)
        let found = lines(try search.run(["x.clipindex", "--image", "more/again.png", "-k", "1"], in: folder))
        #expect(found[0][1] == "1.0000" && found[0][2].hasSuffix("more/again.png"))
        let some = lines(
            try search.run(
                ["x.clipindex", "red", "-k", "40", "--among", "more", "--among", "data/pictures/red-white.png"],
                in: folder))
        #expect(Set(some.map { $0[2].split(separator: "/").last }) == ["again.png", "red-white.png"])
        let near = lines(try search.run(["x.clipindex", "red", "--at-least=-1"], in: folder))
        #expect(near.count == 30)
        let verified = try index.run(["verify", "x.clipindex", "--fail-under", "1", "--json"], in: folder)
        let recalls = verified.events.first?["recalls"] as? [[String: Any]] ?? []
        #expect(
            verified.code == 0 && recalls.compactMap { $0["kind"] as? String } == ["stored", "captions"],
            "\(verified.talk)")
        let information = try index.run(["info", "x.clipindex"], in: folder).output
        #expect(information.hasPrefix("holds\t30 pictures") && information.contains("model\tmodel-"))
        #expect(try index.run(["optimize", "x.clipindex"], in: folder).code == 0)
        #expect(try index.run(["remove", "x.clipindex", "data"], in: folder).talk.contains("29 removed, 1 left"))
        #expect(try index.run(["export", "x.clipindex", "y.jsonl"], in: folder).code == 0)
        #expect(String(decoding: try folder.read("y.jsonl"), as: UTF8.self).contains("more/again.png"))
    }

    @Test func `damage in the catalogue is named`() throws {
        let folder = try indexed()
        let name = try #require(try folder.names("x.clipindex").first { $0.hasPrefix("catalogue") })
        var bytes = try folder.read("x.clipindex/\(name)")
        bytes[bytes.count / 2] ^= 1
        try folder.write(bytes, to: "x.clipindex/\(name)")
        for outcome in [
            try search.run(["x.clipindex", "red"], in: folder), try index.run(indexing, in: folder),
            try index.run(["verify", "x.clipindex"], in: folder),
        ] { #expect(outcome.code == 65 && outcome.talk.contains(name), "\(outcome.talk)") }
    }

    @Test func `whatever the moment of a kill, the index can be searched`() throws {
        let folder = try indexed()
        for round in 0..<12 {
            for i in 0..<40 {
                let pixels = (0..<1200).map { UInt8(truncatingIfNeeded: $0 * (round + 3) + i * 7 + $0 / 60 * i) }
                let picture = try Picture(height: 20, width: 20, pixels: pixels).pngBytes()
                try folder.write(Data(picture), to: "data/pictures/\(round)-\(i).png")
            }
            let process = Process()
            process.executableURL = Command.products.appendingPathComponent("clip-index")
            process.arguments = indexing
            process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
            process.standardError = FileHandle.nullDevice
            try process.run()
            Thread.sleep(forTimeInterval: Double(round) * 0.01)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let outcome = try search.run(["x.clipindex", "red above blue", "-k", "1000", "--null"], in: folder)
            #expect(outcome.code == 0 && outcome.output.split(separator: "\0").count >= 30, "\(outcome.talk)")
        }
        #expect(try index.run(indexing, in: folder).code == 0)
        let all = try search.run(["x.clipindex", "red", "-k", "1000", "--null"], in: folder)
        #expect(all.output.split(separator: "\0").count == 30 + 12 * 40)
        let names = try folder.names("x.clipindex")
        #expect(names.allSatisfy { !$0.contains(".writing") } && names.count { $0.hasPrefix("catalogue") } == 1)
    }

    @Test func `a full disk leaves the former index, or none`() throws {
        let folder = try indexed(), before = try folder.names("x.clipindex")
        for i in 0..<300 {
            let pixels = (0..<1200).map { UInt8(truncatingIfNeeded: $0 * 3 + i * 7 + $0 / 60 * i) }
            try folder.write(
                Data(try Picture(height: 20, width: 20, pixels: pixels).pngBytes()), to: "more/\(i).png")
        }
        let arguments = ["more", "--model", "run", "--output"]
        let full = try index.run(arguments + ["x.clipindex"], in: folder, fileLimit: 32)
        #expect(full.code == 73 && full.talk.split(separator: "\n").last?.hasPrefix("clip-index: cannot") == true)
        #expect(try folder.names("x.clipindex") == before)
        #expect(try index.run(arguments + ["y.clipindex"], in: folder, fileLimit: 32).code == 73)
        #expect(!folder.exists("y.clipindex"))
        let hits = lines(try search.run(["x.clipindex", "red", "-k", "99"], in: folder))
        #expect(hits.count == 30)
        let sheet = try search.run(["x.clipindex", "red", "--sheet", "s.png"], in: folder, fileLimit: 1)
        #expect(sheet.code == 73 && !folder.exists("s.png"))
    }

    @Test func `what cannot work is one line and the right code`() throws {
        let folder = try indexed()
        try folder.write("", to: "empty/notes.txt")
        try folder.write("", to: "file")
        let other = try train.run(
            ["data", "--model", "tiny.json", "--batch-size", "10", "--steps", "1", "--seed", "5", "--output", "other"],
            in: folder)
        #expect(other.code == 0)
        let indexingFails: [([String], Int32)] = [
            (["data", "--model", "other", "--output", "x.clipindex"], 78),
            (["data", "--model", "nowhere", "--output", "z"], 66),
            (["nowhere", "--model", "run", "--output", "z"], 66),
            (["empty", "--model", "run", "--output", "z"], 65), (["data", "--model", "run", "--output", "file/z"], 73),
            (["data", "--model", "run", "--output", "data"], 73), (["data", "--output", "z"], 64),
        ]
        for (arguments, code) in indexingFails { check(try index.run(arguments, in: folder), code, arguments) }
        let searchingFails: [([String], Int32)] = [
            (["nowhere", "red"], 66), (["data", "red"], 66), (["x.clipindex"], 64),
            (["x.clipindex", "red", "-k", "0"], 64),
            (["x.clipindex", "red", "--duplicates"], 64), (["x.clipindex", "--image", "nowhere.png"], 66),
            (["x.clipindex", "--image", "file"], 65), (["x.clipindex", "--similar-to", "file"], 66),
            (["x.clipindex", "red", "--sheet", "nowhere/s.png"], 73), (["x.clipindex", "red", "--minus", "red"], 78),
        ]
        for (arguments, code) in searchingFails { check(try search.run(arguments, in: folder), code, arguments) }
        #expect(!folder.exists("z"))
        #expect(try search.run(["x.clipindex", "red"], in: folder).code == 0)
    }

    private func check(_ outcome: Command.Outcome, _ code: Int32, _ arguments: [String]) {
        #expect(outcome.code == code && outcome.output.isEmpty, "\(arguments): \(outcome.talk)")
        let said = outcome.talk.split(separator: "\n")
        #expect(code == 64 || said.count == 1, "\(arguments): \(outcome.talk)")
    }
}
