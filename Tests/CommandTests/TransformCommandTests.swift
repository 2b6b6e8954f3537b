import Foundation
import Testing

/// `clip-index transforms` as a user meets it.
@Suite struct TransformCommandTests {
    private let index = Command(name: "clip-index")

    /// A matrix as NumPy writes it.
    private func matrix(_ rows: [[Float]]) -> Data {
        let words = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows.count), \(rows[0].count)), }\n"
        var bytes = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(words.utf8.count), 0]) + Data(words.utf8)
        for bits in rows.joined().map(\.bitPattern) {
            bytes.append(contentsOf: stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: bits >> $0) })
        }
        return bytes
    }

    /// 40 vectors on a curve in 8 dimensions, and queries beside them.
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let vectors = (0..<40).map { i in (0..<8).map { d in 1 + Float(sin(Double(i * (d + 1)) * 0.37)) } }
        let queries = vectors.map { row in row.enumerated().map { $1 + ($0 % 2 == 0 ? 0.002 : -0.002) } }
        try folder.write(matrix(vectors), to: "v.npy")
        try folder.write(matrix(queries), to: "q.npy")
        try folder.write(matrix(Array(queries.reversed())), to: "reversed.npy")
        try folder.write((0..<40).reversed().map { "\($0)\n" }.joined(), to: "truth.txt")
        return folder
    }

    @Test func `the usual transforms stand in one table`() throws {
        let folder = try folder()
        let outcome = try index.run(["transforms", "v.npy", "--queries", "q.npy"], in: folder)
        #expect(outcome.code == 0, "\(outcome.talk)")
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").first ?? "" }
        #expect(
            lines.prefix(10) == [
                "transform", "none", "mean", "whiten:4", "whiten:2", "pca:4", "pca:2", "rademacher:4", "rademacher:2",
                "prefix:4",
            ])
        #expect(outcome.output.contains("100.0 [100.0, 100.0]") && outcome.output.contains("40 queries among 40"))
    }

    @Test func `JSON has every figure, and a file of truth says what answers`() throws {
        let folder = try folder()
        let arguments = ["transforms", "v.npy", "--transform", "none", "--transform", "whiten:4", "--json"]
        let events = try index.run(
            arguments + ["--queries", "reversed.npy", "--truth", "truth.txt"], in: folder
        ).events
        #expect(events.map { $0["transform"] as? String } == ["none", "whiten:4"])
        for event in events {
            let keys = [
                "dimensions", "bytes_per_vector", "retrieval", "neighbors", "alignment", "uniformity", "effective_rank",
                "fit_seconds", "apply_seconds",
            ]
            #expect(keys.allSatisfy { event[$0] != nil })
            #expect((event["retrieval"] as? [String: Any])?["recall_at_10"] as? Double ?? 0 > 0.9)
        }
        #expect((events[0]["neighbors"] as? [String: Any])?["recall"] as? Double == 1)
        #expect((events[0]["retrieval"] as? [String: Any])?["recall_at_1"] as? Double == 1)
    }

    @Test func `a transform that was written does the same again`() throws {
        let folder = try folder()
        let first = try index.run(
            ["transforms", "v.npy", "--transform", "whiten:3", "--output", "w.npy"], in: folder)
        #expect(first.code == 0, "\(first.talk)")
        let again = try index.run(
            ["transforms", "v.npy", "--apply", "w.transform", "--output", "again.npy"], in: folder)
        #expect(again.code == 0, "\(again.talk)")
        #expect(try folder.read("w.npy") == folder.read("again.npy"))
        #expect(try folder.read("w.transform") == folder.read("again.transform"))
        #expect(try folder.read("w.npy").count == 128 + 40 * 3 * 4)
    }

    @Test func `what cannot work is one line and the right code`() throws {
        let folder = try folder()
        try folder.write("0\n1\n", to: "short.txt")
        try folder.write("no matrix", to: "bad.npy")
        try folder.write(matrix([[1, 2], [3, 4]]), to: "narrow.npy")
        let cases: [([String], Int32)] = [
            (["nowhere.npy"], 66), (["bad.npy"], 65), (["v.npy", "--queries", "narrow.npy"], 78),
            (["v.npy", "--queries", "q.npy", "--truth", "short.txt"], 65), (["v.npy", "--truth", "truth.txt"], 64),
            (["narrow.npy", "--queries", "narrow.npy", "--fit-on", "v.npy"], 78),
            (["v.npy", "--transform", "whiten:9"], 78), (["v.npy", "--transform", "bleach"], 64),
            (["v.npy", "--output", "x.npy"], 64), (["v.npy", "--apply", "v.npy"], 65),
            (["v.npy", "--transform", "mean", "--output", "nowhere/x.npy"], 73),
        ]
        for (arguments, code) in cases {
            let outcome = try index.run(["transforms"] + arguments, in: folder)
            #expect(outcome.code == code, "\(arguments): \(outcome.talk)")
            #expect(
                code == 64 || outcome.talk.split(separator: "\n").last?.hasPrefix("clip-index transforms: ") == true)
        }
    }

    @Test func `without a verb clip-index makes an index`() throws {
        let folder = try folder()
        let outcome = try index.run(["nowhere", "--model", "nowhere", "--output", "x.clipindex"], in: folder)
        #expect(outcome.code == 66 && outcome.talk.hasPrefix("clip-index: cannot"), "\(outcome.talk)")
        #expect(try index.run(["nowhere", "--output", "x.clipindex"], in: folder).code == 64)
    }
}
