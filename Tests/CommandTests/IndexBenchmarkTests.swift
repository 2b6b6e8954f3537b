import Foundation
import Testing
import VectorIndex

/// What `scripts/benchmark index` asks of this side.
@Suite struct IndexBenchmarkTests {
    /// Row `i` is the unit vector at an angle of `i`·2π/12; the queries lie a little behind the rows 3 and 9.
    private func write(_ folder: TemporaryFolder) throws {
        func rows(_ angles: [Double]) -> [[Float]] {
            angles.map { [Float(cos($0 * .pi / 6)), Float(sin($0 * .pi / 6)), 0, 0] }
        }
        for (name, angles) in [("base", (0..<12).map(Double.init)), ("test-words", [3.1, 9.1])] {
            try folder.write(numPy(rows(angles)), to: name + ".npy")
        }
    }

    /// A matrix as `numpy.save` writes it.
    private func numPy(_ rows: [[Float]]) -> Data {
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows.count), \(rows[0].count)), }"
        header += String(repeating: " ", count: 128 - 11 - header.utf8.count) + "\n"
        var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]) + Data(header.utf8)
        for bits in rows.joined().map(\.bitPattern) {
            data.append(contentsOf: [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) })
        }
        return data
    }

    private func answers(_ arguments: [String], _ questions: [String]) throws -> (Command.Outcome, [[[Int]]]) {
        let folder = try TemporaryFolder()
        try write(folder)
        let outcome = try Command(name: "clip-benchmark").run(
            ["index", "."] + arguments, in: folder, input: questions.map { $0 + "\n" }.joined())
        return (outcome, outcome.events.dropFirst().compactMap { $0["found"] as? [[Int]] })
    }

    @Test func `queries get the same hits in every mode, and filters hold`() throws {
        let modes = ["batch", "single", "concurrent"].map { #"["words", "\#($0)", {"recall": 0.95}, 2]"# }
        let (outcome, found) = try answers(
            ["--threads", "2"], modes + [#"["words", "batch", {"every": 3}, 1]"#, #"["words", "reach", {}, 2]"#])
        #expect(outcome.code == 0 && outcome.events.first?["build_cpu_seconds"] is Double, "\(outcome.talk)")
        #expect(found.prefix(3).allSatisfy { $0 == found[0] } && found.count == 4)
        #expect(found[0].map { Array($0.prefix(3)) } == [[3, 4, 2], [9, 10, 8]])
        #expect(found[3].map(Set.init) == [[0, 3, 6, 9]])
        // Without lists all is reached, and looked at.
        let reach = try #require(outcome.events.last)
        #expect(["reached", "scanned", "plain_reached", "plain_scanned"].allSatisfy { reach[$0] as? Double == 1 })
    }

    @Test func `rows can be chosen, removed and appended, and the first follow the last`() throws {
        let (outcome, found) = try answers(
            ["--rows", "2:6", "--removing", "3:4", "--appending", "14:16"], [#"["words", "batch", {}, 1]"#])
        #expect(outcome.code == 0, "\(outcome.talk)")
        #expect(found == [[[15, 4, 2, 14, 5]]])
    }

    @Test func `what is no question is refused in one line`() throws {
        let (outcome, _) = try answers([], [#"["sounds", "batch", {}, 1]"#])
        #expect(outcome.code == 78)
        #expect(
            outcome.talk.hasPrefix("clip-benchmark: cannot answer: [\"sounds\", \"batch\", {}, 1]: it is no question"))
    }

    @Test func `opening tells how long it and the first query took`() throws {
        let folder = try TemporaryFolder(), command = Command(name: "clip-benchmark")
        try write(folder)
        #expect(try command.run(["index", "."], in: folder, input: "").code == 0)
        let outcome = try command.run(["opening", "ours", "test-words.npy"], in: folder)
        let facts = try #require(outcome.events.first)
        #expect(facts["count"] as? Int == 12 && facts["hits"] as? Int == 10 && facts["opening_ms"] as? Double ?? 0 > 0)
    }
}
