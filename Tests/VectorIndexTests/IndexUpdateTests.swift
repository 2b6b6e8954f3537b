import Failures
import Foundation
import Testing

@testable import VectorIndex

@Suite struct IndexUpdateTests {
    private let rows = cloud(400, embedDim: 8, centres: 6, seed: 11)

    private func part(_ range: Range<Int>) -> [Float] { Array(rows[range.lowerBound * 8..<range.upperBound * 8]) }
    private func ids(_ range: Range<Int>) -> [Int64] { range.map { Int64($0) } }

    @Test func `many small updates give the answers of one large one`() throws {
        let small = TemporaryFolder(), large = TemporaryFolder()
        for start in stride(from: 0, to: 400, by: 50) {
            let range = start..<start + 50
            try store(part(range), ids: ids(range), in: small.path, embedDim: 8, exactBelow: 1000)
        }
        try store(rows, ids: ids(0..<400), in: large.path, embedDim: 8, exactBelow: 1000)
        var first = try IndexSnapshot(small.path), second = try IndexSnapshot(large.path)
        let queries = part(5..<9)
        #expect(try first.nearest(20, to: queries) == second.nearest(20, to: queries))
        #expect(first.count == 400 && first.manifest.generation == 8)
        #expect(first.manifest.segments.count <= 4)
    }

    @Test func `what was removed is not found, and its bytes go when most of a segment is removed`() throws {
        let folder = TemporaryFolder()
        try store(rows, ids: ids(0..<400), in: folder.path, embedDim: 8, exactBelow: 1000)
        try store([], ids: [], in: folder.path, embedDim: 8, exactBelow: 1000, removing: [7])
        var index = try IndexSnapshot(folder.path)
        #expect(try !index.nearest(400, to: part(7..<8))[0].map(\.id).contains(7))
        #expect(index.count == 399 && index.manifest.segments.map(\.removed?.count) == [1])
        #expect(try index.embedding(of: 7) == nil)
        #expect(try index.embedding(of: 8) == stored(part(8..<9), width: 8))

        try store([], ids: [], in: folder.path, embedDim: 8, exactBelow: 1000, removing: ids(100..<350))
        index = try IndexSnapshot(folder.path)
        #expect(index.count == 149 && index.manifest.segments[0].removed == nil)
        #expect(index.manifest.segments.map(\.count) == [149])
        var seen: [Int64] = []
        try index.forEach { id, _ in seen.append(id) }
        #expect(seen == ids(0..<7) + ids(8..<100) + ids(350..<400))
    }

    @Test func `an open index is not disturbed by a later commit`() throws {
        let folder = TemporaryFolder()
        try store(part(0..<100), ids: ids(0..<100), in: folder.path, embedDim: 8, exactBelow: 1000)
        var former = try IndexSnapshot(folder.path)
        try store(part(100..<400), ids: ids(100..<400), in: folder.path, embedDim: 8, exactBelow: 1000)
        #expect(try former.nearest(500, to: part(0..<1))[0].count == 100)
        #expect(try IndexSnapshot(folder.path).count == 400)
    }

    @Test func `what replaces another has its id, and is alone under it`() throws {
        let folder = TemporaryFolder()
        try store(part(0..<100), ids: ids(0..<100), in: folder.path, embedDim: 8, exactBelow: 1000)
        func replace(_ id: Int64, by row: Int) throws(Failure) -> Bool {
            var update = try IndexUpdate(folder.path, embedDim: 8)
            let wasThere = try update.replace(part(row..<row + 1), id: id)
            #expect(update.contains(id) && update.count == (wasThere ? 100 : 101))
            try update.commit(attachments: [:])
            return wasThere
        }
        #expect(try replace(5, by: 300) && replace(5, by: 301))
        var index = try IndexSnapshot(folder.path)
        #expect(index.count == 100)
        #expect(try index.embedding(of: 5) == stored(part(301..<302), width: 8))
        #expect(try index.nearest(100, to: part(0..<1))[0].count { $0.id == 5 } == 1)
        #expect(try !replace(500, by: 302))
        index = try IndexSnapshot(folder.path)
        #expect(index.count == 101 && index.ids == ids(0..<100) + [500])
        #expect(index.damages().isEmpty)
    }

    @Test func `a number that is not finite leaves what it was to replace`() throws {
        let folder = TemporaryFolder()
        try store(part(0..<10), ids: ids(0..<10), in: folder.path, embedDim: 8, exactBelow: 1000)
        var update = try IndexUpdate(folder.path, embedDim: 8)
        #expect(throws: Failure.self) { try update.replace([Float](repeating: .nan, count: 8), id: 3) }
        #expect(update.contains(3) && update.count == 10)
        try update.commit(attachments: [:])
        var index = try IndexSnapshot(folder.path)
        #expect(try index.embedding(of: 3) == stored(part(3..<4), width: 8))
    }

    @Test func `what was appended and removed before a commit was never there`() throws {
        let folder = TemporaryFolder()
        var update = try IndexUpdate(folder.path, embedDim: 8)
        for id in 0..<5 { try update.append(part(id..<id + 1), id: Int64(id)) }
        update.remove(3)
        try update.replace(part(9..<10), id: 1)
        try update.commit(attachments: [:])
        var index = try IndexSnapshot(folder.path)
        #expect(index.ids == [0, 1, 2, 4] && update.nextID == 5)
        #expect(try index.embedding(of: 1) == stored(part(9..<10), width: 8))
    }

    @Test func `optimize leaves one segment with the same answers`() throws {
        let folder = TemporaryFolder()
        try store(part(0..<300), ids: ids(0..<300), in: folder.path, embedDim: 8, exactBelow: 1000)
        try store(part(300..<350), ids: ids(300..<350), in: folder.path, embedDim: 8, exactBelow: 1000)
        try store([], ids: [], in: folder.path, embedDim: 8, exactBelow: 1000, removing: ids(20..<50))
        var before = try IndexSnapshot(folder.path)
        #expect(before.manifest.segments.count == 2)
        var update = try IndexUpdate(folder.path, embedDim: 8, settings: IndexSettings(exactBelow: 100))
        try update.optimize()
        var after = try IndexSnapshot(folder.path)
        #expect(after.manifest.segments.count == 1 && after.count == 320 && after.nlist > 0)
        #expect(try before.nearest(15, to: part(0..<9)) == after.nearest(15, to: part(0..<9), nprobe: after.nlist))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
    }

    @Test func `a million removals take a bit each`() throws {
        let folder = TemporaryFolder(), rows = RowSet(count: 1_000_000) { $0 % 3 == 1 }
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let entry = try RemovedRows.write(rows, of: 1_000_000, to: "removed-00000001.0.rows", in: folder.path)
        #expect(entry.count == 333_333)
        #expect(try RemovedRows.read(entry, of: 1_000_000, in: folder.path) == rows)
        let size = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(entry.file)")[.size] as? Int
        #expect(size == 125_016)
        #expect(throws: Failure.self) { try RemovedRows.read(entry, of: 999_999, in: folder.path) }
    }

    @Test func `an update without a commit changes nothing`() throws {
        let folder = TemporaryFolder()
        func begin(_ range: Range<Int>) throws(Failure) {
            var update = try IndexUpdate(folder.path, embedDim: 8)
            for id in range { try update.append(part(id..<id + 1), id: Int64(id)) }
        }
        try begin(0..<5)
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        try store(part(0..<100), ids: ids(0..<100), in: folder.path, embedDim: 8, exactBelow: 1000)
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        try begin(100..<105)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
        #expect(try IndexSnapshot(folder.path).count == 100)
    }

    @Test func `what a killed process left is cleared away by the next commit`() throws {
        let folder = TemporaryFolder()
        try store(part(0..<10), ids: ids(0..<10), in: folder.path, embedDim: 8, exactBelow: 1000)
        for name in ["segment-000000ff.vectors", "segment-00000002.vectors.writing-77"] {
            #expect(FileManager.default.createFile(atPath: "\(folder.path)/\(name)", contents: Data([1])))
        }
        #expect(try IndexSnapshot(folder.path).count == 10)
        try store(part(10..<20), ids: ids(10..<20), in: folder.path, embedDim: 8, exactBelow: 1000)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                == ["lock", "manifest.json", "segment-00000002.vectors"])
    }

    @Test func `a folder with other files is refused, and left as it is`() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: "\(folder.path)/holiday.jpg", contents: nil))
        let failure = #expect(throws: Failure.self) { _ = try IndexUpdate(folder.path, embedDim: 8).ids }
        #expect(failure?.kind == .cannotWrite)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["holiday.jpg"])
    }

    @Test func `embeddings of another length are refused`() throws {
        let folder = TemporaryFolder()
        try store(part(0..<10), ids: ids(0..<10), in: folder.path, embedDim: 8, exactBelow: 1000)
        let failure = #expect(throws: Failure.self) { _ = try IndexUpdate(folder.path, embedDim: 16).ids }
        #expect(failure?.kind == .badSettings)
        #expect(try IndexSnapshot(folder.path).count == 10)
    }

    @Test func `a second update of the same folder is refused while the first one runs`() throws {
        let folder = TemporaryFolder()
        let first = try IndexUpdate(folder.path, embedDim: 8)
        let failure = #expect(throws: Failure.self) { _ = try IndexUpdate(folder.path, embedDim: 8).ids }
        #expect(failure?.kind == .cannotWrite)
        #expect(first.ids.isEmpty)
    }

    @Test func `a number that is not finite is refused`() throws {
        let folder = TemporaryFolder()
        var update = try IndexUpdate(folder.path, embedDim: 2)
        #expect(throws: Failure.self) { try update.append([.nan, 1], id: 1) }
    }
}
