import Failures
import Foundation
import Kernels
import Testing

@testable import VectorIndex

/// What FAISS wrote, and reads out of it; `scripts/golden/faiss_files.py` made it and says what each name means.
private struct Golden: Decodable {
    var cases: [Case], refused: [Refused]

    struct Case: Decodable, CustomTestStringConvertible {
        var name: String, file: Data, embedDim: Int, ids: [Int64], rows, queries, transformed: [Float]
        var testDescription: String { name }
    }
    struct Refused: Decodable { var name: String, file: Data }

    static let shared: Golden = {
        let path = #filePath.replacing("VectorIndexTests/FAISSTests.swift", with: "Fixtures/golden/faiss.json")
        guard let data = FileManager.default.contents(atPath: path),
            let golden = try? JSONDecoder().decode(Golden.self, from: data)
        else { preconditionFailure("\(path) cannot be read") }
        return golden
    }()
}

@Suite struct FAISSTests {
    private func read(_ file: Data, _ folder: borrowing TemporaryFolder) throws -> VectorTable {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        try file.write(to: URL(filePath: "\(folder.path)/x.faiss"))
        return try FAISSFormat.read("\(folder.path)/x.faiss")
    }

    @Test(arguments: Golden.shared.cases) private func `vectors and ids are those that FAISS reads`(
        golden: Golden.Case
    ) throws {
        let folder = TemporaryFolder(), table = try read(golden.file, folder), width = golden.embedDim
        #expect(table.count == golden.ids.count && table.embedDim == width)
        let ids = table.ids ?? (0..<table.count).map { Int64($0) }
        for (place, row) in ids.indices.sorted(by: { ids[$0] < ids[$1] }).enumerated() {
            #expect(ids[row] == golden.ids[place])
            for (a, b) in zip(table.row(row), golden.rows[place * width..<(place + 1) * width]) {
                #expect(abs(a - b) <= 2e-6 * max(1, abs(b)), "row \(row)")
            }
        }
        #expect(table.remarks.isEmpty == (golden.name != "IxF2"))
        let made = table.transform?.apply(to: golden.queries.span, normalized: false) ?? []
        #expect(made.count == golden.transformed.count)
        for (a, b) in zip(made, golden.transformed) { #expect(abs(a - b) < 2e-4 * max(1, abs(b))) }
    }

    @Test func `what is of another kind is refused by name`() throws {
        #expect(Golden.shared.refused.count == 5)
        for golden in Golden.shared.refused {
            let folder = TemporaryFolder()
            let failure = #expect(throws: Failure.self, "\(golden.name)") { try read(golden.file, folder) }
            #expect(failure?.kind == .badData && failure?.place.hasSuffix("x.faiss") == true)
        }
    }

    @Test(arguments: Golden.shared.cases) private func `no truncation and no flipped bit is read beyond the file`(
        golden: Golden.Case
    ) throws {
        let folder = TemporaryFolder()
        for count in stride(from: 0, to: golden.file.count, by: 41) {
            #expect(throws: Failure.self, "\(count) bytes") { try read(golden.file.prefix(count), folder) }
        }
        for offset in stride(from: 0, to: min(golden.file.count, 700), by: 3) {
            for bit in [0, 7] {
                var file = golden.file
                file[offset] ^= UInt8(1 << bit)
                // FAISS keeps no checksums: what is read may be wrong numbers, never other memory.
                guard let table = try? read(file, folder) else { continue }
                for row in 0..<table.count { #expect(table.row(row).count == table.embedDim) }
            }
        }
    }

    @Test(arguments: [false, true]) func `what is written is read again, in lists or without`(isHalf: Bool) throws {
        for exactBelow in [50, 1000] {
            let folder = TemporaryFolder(), rows = cloud(300, embedDim: 12, centres: 5, seed: 4)
            let ids = (0..<300).map { Int64(7 * $0 + 3) }
            try store(rows, ids: ids, in: "\(folder.path)/i", embedDim: 12, exactBelow: exactBelow)
            try store(
                cloud(5, embedDim: 12, centres: 5, seed: 4), ids: [3000, 3001, 3002, 3003, 3004],
                in: "\(folder.path)/i", embedDim: 12, exactBelow: exactBelow, removing: [3, 10])
            let index = try IndexSnapshot("\(folder.path)/i"), path = "\(folder.path)/x.faiss"
            #expect((index.nlist > 0) == (exactBelow == 50))
            let export = VectorExport(index)
            if isHalf { try FAISSHalfFormat.write(export, to: path) } else { try FAISSFormat.write(export, to: path) }
            let table = try FAISSFormat.read(path), found = try #require(table.ids)
            #expect(found.sorted() == Array(ids.dropFirst(2)) + (3000..<3005).map { Int64($0) } && table.embedDim == 12)
            // The latter five are the first of the former: each lies beside its twin, where there are lists.
            if exactBelow == 50, let twin = found.firstIndex(of: 17), let late = found.firstIndex(of: 3002) {
                #expect(abs(twin - late) < 60)
            }
            for (row, id) in found.enumerated() where id < 3000 {
                let start = Int(id - 3) / 7 * 12
                #expect(table.row(row) == stored(Array(rows[start..<start + 12]), width: 12))
            }
        }
    }

    /// Writes an index, queries and our answers for `scripts/golden/faiss_files.py --compare`, where somebody asks for
    /// it.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["FAISS_COMPARE"] != nil))
    func `FAISS gives our answers at every nprobe`() throws {
        let folder = ProcessInfo.processInfo.environment["FAISS_COMPARE"] ?? "", width = 32
        for name in ["i", "q"] { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
        let rows = cloud(3000, embedDim: width, centres: 20, seed: 1)
        try store(
            rows, ids: (0..<3000).map { Int64(3 * $0) }, in: "\(folder)/i", embedDim: width, exactBelow: 1000)
        try store(
            [], ids: [], in: "\(folder)/i", embedDim: width, exactBelow: 1000,
            removing: (0..<100).map { Int64(30 * $0) })
        var index = try IndexSnapshot("\(folder)/i")
        try FAISSFormat.write(VectorExport(index), to: "\(folder)/ours.faiss")
        try FAISSHalfFormat.write(VectorExport(index), to: "\(folder)/half.faiss")
        let queries = stored(cloud(20, embedDim: width, centres: 3, seed: 2), width: width)
        try store(queries, ids: (0..<20).map { Int64($0) }, in: "\(folder)/q", embedDim: width, exactBelow: 1000)
        try NumPyFormat.write(VectorExport(try IndexSnapshot("\(folder)/q")), to: "\(folder)/queries.npy")
        var lines = ""
        for nprobe in 1...index.nlist {
            for (query, hits) in try index.nearest(10, to: queries, nprobe: nprobe).enumerated() {
                lines +=
                    "{\"nprobe\":\(nprobe),\"query\":\(query),\"ids\":\(hits.map(\.id)),\"scores\":\(hits.map(\.score))}\n"
            }
        }
        try lines.write(toFile: "\(folder)/answers.jsonl", atomically: true, encoding: .utf8)
    }
}
