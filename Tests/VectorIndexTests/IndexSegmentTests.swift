import Failures
import Foundation
import Testing

@testable import VectorIndex

@Suite struct IndexSegmentTests {
    /// An index with lists, and the path of its only segment.
    private func makeIndex(_ folder: String) throws -> String {
        try store(
            cloud(120, embedDim: 6, centres: 4, seed: 2), ids: (0..<120).map { Int64($0) }, in: folder, embedDim: 6,
            exactBelow: 50)
        return "\(folder)/segment-00000001.vectors"
    }

    private func searches(_ folder: String) throws(Failure) {
        var index = try IndexSnapshot(folder)
        _ = try index.nearest(3, to: [1, 0, 0, 0, 0, 0], nprobe: 1000)
    }

    @Test func `every flipped bit is noticed before its block is used`() throws {
        let folder = TemporaryFolder(), path = try makeIndex(folder.path)
        let whole = try Data(contentsOf: URL(filePath: path))
        try searches(folder.path)
        for offset in stride(from: 0, to: whole.count, by: 113) {
            var bytes = whole
            bytes[offset] ^= 4
            try bytes.write(to: URL(filePath: path))
            let failure = #expect(throws: Failure.self, "byte \(offset)") { try searches(folder.path) }
            #expect(failure?.kind == .badData)
        }
    }

    @Test func `every truncation is noticed`() throws {
        let folder = TemporaryFolder(), path = try makeIndex(folder.path)
        let whole = try Data(contentsOf: URL(filePath: path))
        for count in [0, 1, 7, 63, 64, 79, 80, whole.count / 2, whole.count - 8, whole.count - 1] {
            try whole.prefix(count).write(to: URL(filePath: path))
            #expect(throws: Failure.self, "\(count) bytes") { try searches(folder.path) }
        }
    }

    @Test(arguments: [
        "", "{}", "[1]", "{\"format\":2,\"embed_dim\":6}",
        "{\"format\":1,\"generation\":1,\"embed_dim\":-6,\"segments\":[],\"removed\":[],\"attachments\":{}}",
    ])
    func `a strange manifest is refused`(text: String) throws {
        let folder = TemporaryFolder()
        _ = try makeIndex(folder.path)
        try Data(text.utf8).write(to: URL(filePath: "\(folder.path)/manifest.json"))
        let failure = #expect(throws: Failure.self) { try searches(folder.path) }
        #expect(failure?.kind == .badData)
    }

    @Test func `a missing index is said to be missing`() {
        let failure = #expect(throws: Failure.self) { try searches("/nowhere/at/all") }
        #expect(failure?.kind == .missingInput)
        #expect(failure?.line == "cannot open index: /nowhere/at/all: no such folder; build it with clip-index")
    }

    @Test(arguments: [
        (0, 0, 0, 0), (1 << 40, 8, 0, 0), (5, 0, 0, 0), (5, 1 << 20, 0, 0), (5, 8, 0, 1), (50, 8, 3, 3), (50, 8, 3, 7),
    ])
    func `a layout of absurd counts is no layout`(count: Int, embedDim: Int, nlist: Int, codeBlocks: Int) {
        #expect(SegmentLayout(count: count, embedDim: embedDim, nlist: nlist, codeBlocks: codeBlocks) == nil)
    }

    @Test func `an index of another format is refused in one line`() throws {
        let folder = TemporaryFolder()
        _ = try makeIndex(folder.path)
        try Data("{\"format\":2}".utf8).write(to: URL(filePath: "\(folder.path)/manifest.json"))
        let failure = #expect(throws: Failure.self) { try searches(folder.path) }
        #expect(failure?.why == "format 2, expected 3")
    }
}
