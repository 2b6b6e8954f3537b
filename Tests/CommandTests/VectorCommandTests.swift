import Failures
import Foundation
import Testing
import VectorIndex

/// `clip-index` and `clip-search` on vectors that any program made: no model is needed.
@Suite struct VectorCommandTests {
    private let index = Command(name: "clip-index"), search = Command(name: "clip-search")

    /// 300 vectors with names, of which 7 and 40 are equal, in `v.jsonl`; queries in `q.fvecs`; an index in `x`.
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let lines = (0..<300).map { id in
            "{\"id\":\(id),\"vector\":\(vector(id == 40 ? 7 : id)),\"path\":\"p/\(id).png\",\"caption\":\"number \(id)\"}\n"
        }
        try folder.write(lines.joined(), to: "v.jsonl")
        try folder.write(fvecs([7, 12]), to: "q.fvecs")
        let built = try index.run(["build", "v.jsonl", "--output", "x", "--json"], in: folder)
        try #require(built.code == 0, "\(built.talk)")
        #expect(built.events[0]["added"] as? Int == 300 && built.events[0]["indexed"] as? Int == 300)
        return folder
    }

    private func lines(_ outcome: Command.Outcome) -> [[String]] {
        outcome.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    }

    @Test func `a vector finds itself, by number and name`() throws {
        let folder = try folder()
        let found = lines(try search.run(["x", "--vector", "q.fvecs", "-k", "2"], in: folder))
        #expect(
            found.count == 4 && found[0] == ["0", "1", "1.0000", "7", "p/7.png"]
                && found[1] == ["0", "2", "1.0000", "40", "p/40.png"]
                && found[2] == ["1", "1", "1.0000", "12", "p/12.png"])
        let json = try search.run(["x", "--vector", "q.fvecs", "-k", "1", "--json"], in: folder).events
        #expect(json[1]["caption"] as? String == "number 12" && json[1]["query"] as? Int == 1)
    }

    @Test func `a search is limited to some, or to a score`() throws {
        let folder = try folder()
        try folder.write("12\np/100.png\n", to: "some.txt")
        let some = lines(
            try search.run(["x", "--vector", "q.fvecs", "--among", "7", "--among-file", "some.txt"], in: folder))
        #expect(some.count == 6 && Set(some.map { $0[3] }) == ["7", "12", "100"])
        let near = lines(try search.run(["x", "--vector", "q.fvecs", "--at-least", "0.999"], in: folder))
        #expect(near.map { $0[3] } == ["7", "40", "12"])
        let all = lines(try search.run(["x", "--vector", "q.fvecs", "--at-least=-1"], in: folder))
        #expect(all.count == 600)
        #expect(try search.run(["x", "--vector", "q.fvecs", "--among", "p/400.png"], in: folder).code == 66)
    }

    @Test func `vectors come and go, and are replaced`() throws {
        let folder = try folder()
        try folder.write("{\"id\":7,\"vector\":\(vector(500)),\"path\":\"new.png\"}\n", to: "new.jsonl")
        #expect(try index.run(["add", "x", "new.jsonl"], in: folder).code == 65)
        let replaced = try index.run(["add", "x", "new.jsonl", "--replace", "--json"], in: folder)
        #expect(replaced.events.first?["replaced"] as? Int == 1, "\(replaced.talk)")
        #expect(lines(try search.run(["x", "--vector", "q.fvecs", "-k", "1"], in: folder))[0][3] == "40")
        let added = try index.run(["add", "x", "q.fvecs"], in: folder)
        #expect(added.code == 0 && added.talk.contains("302 vectors of 8 dimensions in x: 2 new"), "\(added.talk)")
        try folder.write("300\n", to: "gone.txt")
        let removed = try index.run(["remove", "x", "p/40.png", "--from", "gone.txt", "--json"], in: folder)
        #expect(removed.events.first?["indexed"] as? Int == 300, "\(removed.talk)")
        #expect(try index.run(["remove", "x", "12", "p/40.png"], in: folder).code == 66)
        let left = lines(try search.run(["x", "--vector", "q.fvecs", "-k", "300"], in: folder))
        #expect(
            left.count == 600 && !left.contains { ["40", "300"].contains($0[3]) } && left.contains { $0[3] == "12" })
        let optimized = try index.run(["optimize", "x", "--json"], in: folder)
        let health = optimized.events.first?["health"] as? [String: Any]
        #expect(health?["segments"] as? Int == 1 && health?["removed"] as? Int == 0, "\(optimized.talk)")
        #expect(lines(try search.run(["x", "--vector", "q.fvecs", "-k", "300"], in: folder)) == left)
    }

    @Test func `an index may become empty, and fill again`() throws {
        let folder = try folder()
        try folder.write((0..<300).map { "\($0)\n" }.joined(), to: "gone.txt")
        #expect(try index.run(["remove", "x", "--from", "gone.txt"], in: folder).talk.contains("300 removed, 0 left"))
        let none = try search.run(["x", "--vector", "q.fvecs"], in: folder)
        #expect(none.code == 0 && none.output.isEmpty)
        for verb in ["verify", "info", "optimize", "duplicates"] {
            #expect(try index.run([verb, "x"], in: folder).code == 0, "\(verb)")
        }
        #expect(
            try index.run(["add", "x", "v.jsonl"], in: folder).talk.contains(
                "300 vectors of 8 dimensions in x: 300 new"))
        #expect(lines(try search.run(["x", "--vector", "q.fvecs", "-k", "1"], in: folder))[0][3] == "7")
    }

    @Test func `an index is described and verified`() throws {
        let folder = try folder()
        let information = try index.run(["info", "x", "--json"], in: folder).events
        #expect(information.first?["kind"] as? String == "vectors" && information.first?["dimensions"] as? Int == 8)
        #expect(try index.run(["info", "x"], in: folder).output.hasPrefix("holds\t300 vectors\ndimensions\t8\n"))
        let verified = try index.run(
            ["verify", "x", "--queries", "q.fvecs", "--fail-under", "1", "--json"], in: folder)
        let recalls = verified.events.first?["recalls"] as? [[String: Any]] ?? []
        #expect(verified.code == 0 && recalls.map { $0["recall"] as? Double } == [1, 1], "\(verified.talk)")
        let name = try #require(try folder.names("x").first { $0.hasPrefix("segment") })
        var bytes = try folder.read("x/\(name)")
        bytes[200] ^= 1
        try folder.write(bytes, to: "x/\(name)")
        let damaged = try index.run(["verify", "x"], in: folder)
        #expect(damaged.code == 65 && damaged.talk.contains(name), "\(damaged.talk)")
        #expect(try search.run(["x", "--vector", "q.fvecs"], in: folder).code == 65)
    }

    @Test(arguments: ["o.npy", "o.fvecs", "o.jsonl", "o.faiss"]) func `what is exported is imported again`(
        file: String
    ) throws {
        let folder = try folder()
        #expect(try index.run(["export", "x", file], in: folder).code == 0)
        let imported = try index.run(["import", file, "--output", "y"], in: folder)
        #expect(imported.code == 0, "\(imported.talk)")
        let arguments = ["--vector", "q.fvecs", "-k", "20"]
        let before = lines(try search.run(["x"] + arguments, in: folder))
        let after = lines(try search.run(["y"] + arguments, in: folder))
        #expect(before.map { $0[3] } == after.map { $0[3] })
        #expect(zip(before, after).allSatisfy { abs((Double($0[2]) ?? 0) - (Double($1[2]) ?? 9)) < 2e-4 })
        #expect((before.map(\.last) == after.map(\.last)) == ["o.npy", "o.jsonl"].contains(file))
    }

    @Test func `a transform is kept with the index, and applied to queries`() throws {
        let folder = try folder()
        let made = try index.run(["import", "v.jsonl", "--transform", "pca:4", "--output", "short"], in: folder)
        #expect(made.code == 0 && made.talk.contains("300 vectors of 4 dimensions"), "\(made.talk)")
        let before = lines(try search.run(["short", "--vector", "q.fvecs", "-k", "3"], in: folder)).prefix(3)
        #expect(Set(before.map { $0[3] }).isSuperset(of: ["7", "40"]) && before[0][2] == "1.0000")
        #expect(try index.run(["add", "short", "q.fvecs"], in: folder).code == 0)
        let after = lines(try search.run(["short", "--vector", "q.fvecs", "-k", "4"], in: folder)).prefix(4)
        #expect(Set(after.map { $0[3] }).isSuperset(of: ["7", "40", "300"]))
        #expect(try index.run(["info", "short"], in: folder).output.contains("transform\tpca"))
    }

    @Test func `a codec is chosen by its name, and told`() throws {
        let folder = try folder()
        let made = try index.run(["import", "v.jsonl", "--output", "y", "--codec", "rabitq"], in: folder)
        #expect(made.code == 0, "\(made.talk)")
        let told = lines(try index.run(["info", "y"], in: folder))
        #expect(told.contains(["codec", "rabitq, once there are lists"]))
        let unknown = try index.run(["v.jsonl", "--output", "z", "--codec", "sq9"], in: folder)
        #expect(unknown.code == 64 && unknown.talk.contains("sq8"), "\(unknown.talk)")
    }

    @Test func `duplicates are grouped, and neighbours written`() throws {
        let folder = try folder()
        let groups = lines(try index.run(["duplicates", "x", "--at-least", "0.9999"], in: folder))
        #expect(Array(groups.prefix(2)) == [["1", "1.0000", "7", "p/7.png"], ["1", "1.0000", "40", "p/40.png"]])
        #expect(Set(groups.map { $0[2] }).isSuperset(of: ["136", "248", "80", "192"]))
        #expect(try index.run(["graph", "x", "-k", "3", "--output", "g.jsonl"], in: folder).code == 0)
        let graph = String(decoding: try folder.read("g.jsonl"), as: UTF8.self).split(separator: "\n")
        #expect(graph.count == 300 && graph[7].hasPrefix("{\"id\":7,\"neighbors\":[40,"))
        #expect(try index.run(["graph", "x", "-k", "3", "--output", "g.npy"], in: folder).code == 0)
        #expect(try folder.read("g.npy").count == 128 + 300 * 3 * 8 && folder.read("g.scores.npy").count == 128 + 3600)
        #expect(try folder.read("g.ids.npy").count == 128 + 2400)
        let transforms = try index.run(["transforms", "x", "--transform", "pca:4", "--json"], in: folder)
        #expect(transforms.code == 0 && transforms.events.count == 1, "\(transforms.talk)")
    }

    @Test func `what cannot work is one line and the right code`() throws {
        let folder = try folder()
        try folder.write(fvecs([1], width: 5), to: "narrow.fvecs")
        try folder.write("nothing", to: "strange.vec")
        let cases: [([String], Int32)] = [
            (["build", "v.jsonl", "--output", "x"], 78), (["import", "nowhere.npy", "--output", "z"], 66),
            (["import", "strange.vec", "--output", "z"], 78),
            (["import", "strange.vec", "--format", "tiff", "-o", "z"], 64),
            (["import", "strange.vec", "--format", "faiss", "--output", "z"], 65), (["add", "x", "narrow.fvecs"], 78),
            (["add", "nowhere", "q.fvecs"], 66), (["remove", "x", "nothing.png"], 66), (["remove", "x"], 64),
            (["info", "nowhere"], 66),
            (["optimize", "nowhere"], 66), (["verify", "nowhere"], 66), (["verify", "x", "--fail-under", "2"], 64),
            (["export", "x", "y.tiff"], 78), (["export", "x", "nowhere/y.npy"], 73),
            (["graph", "x", "-o", "g.txt"], 78),
            (["v.jsonl", "v.jsonl", "--output", "z"], 65), (["v.jsonl", "narrow.fvecs", "--output", "z"], 78),
        ]
        for (arguments, code) in cases {
            let outcome = try index.run(arguments, in: folder)
            #expect(outcome.code == code && outcome.output.isEmpty, "\(arguments): \(outcome.talk)")
            #expect(
                code == 64 || outcome.talk.split(separator: "\n").last?.hasPrefix("clip-index") == true,
                "\(arguments): \(outcome.talk)")
        }
        #expect(!folder.exists("z") && !folder.exists("y.tiff"))
        for arguments in [["x", "red"], ["x", "--duplicates"]] {
            #expect(try search.run(arguments, in: folder).code == 65)
        }
        #expect(try search.run(["x", "--vector", "narrow.fvecs"], in: folder).code == 78)
    }
}

/// A vector that its number makes.
func vector(_ number: Int, width: Int = 8) -> [Float] {
    (0..<width).map { d in Float(sin(Double(number * (d + 3)) * 0.617 + Double(d))) }
}

/// The vectors of some numbers as `.fvecs`.
func fvecs(_ numbers: [Int], width: Int = 8) -> Data {
    var bytes = Data()
    for number in numbers {
        for word in [UInt32(width)] + vector(number, width: width).map(\.bitPattern) {
            bytes.append(contentsOf: stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: word >> $0) })
        }
    }
    return bytes
}
