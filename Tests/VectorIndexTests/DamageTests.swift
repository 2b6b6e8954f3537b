import Failures
import Foundation
import Storage
import Tensors
import Testing

@testable import VectorIndex

/// Whatever byte of whatever file is changed or cut off: a failure that names the file, never another answer.
@Suite struct DamageTests {
    private let slow = ProcessInfo.processInfo.environment["SLOW_TESTS"] != nil
    private let rows = cloud(500, embedDim: 8, centres: 6, seed: 8), width = 8

    /// Two segments, one with lists; rows removed from both; a catalogue.
    private func makeIndex(_ folder: String) throws {
        let ids = (0..<500).map { Int64($0) }
        try store(Array(rows.prefix(400 * 8)), ids: Array(ids.prefix(400)), in: folder, embedDim: 8, exactBelow: 300)
        try store(Array(rows.suffix(100 * 8)), ids: Array(ids.suffix(100)), in: folder, embedDim: 8, exactBelow: 300)
        var update = try IndexUpdate(folder, embedDim: 8)
        for id in [3, 77, 450] { update.remove(Int64(id)) }
        let name = IndexFiles.name("catalogue", generation: 3, extension: "sqlite")
        try AtomicFile.write((0..<900).map { "line \($0)\n" }.joined(), to: "\(folder)/\(name)")
        try update.commit(attachments: ["catalogue": name])
    }

    /// All that can be asked of an index.
    private func answers(_ folder: String) throws(Failure) -> [[Hit]] {
        var index = try IndexSnapshot(folder)
        let queries = Array(rows.prefix(3 * 8))
        _ = try index.attachment("catalogue")
        return try index.nearest(600, to: queries, nprobe: 1000) + index.exactNearest(5, to: queries)
            + index.nearest(4, to: queries, among: [1, 2, 3, 450, 460]) + index.nearest(5, to: queries)
    }

    @Test func `every damage is named, and no answer is wrong`() throws {
        let folder = TemporaryFolder()
        try makeIndex(folder.path)
        let right = try answers(folder.path)
        #expect(right[0].count == 497)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "lock" }.sorted()
        #expect(names.count == 7, "\(names)")
        var random = SeededRandom(seed: 1, purpose: .test), cases = 0
        for name in names {
            let url = URL(filePath: "\(folder.path)/\(name)"), whole = try Data(contentsOf: url)
            for number in 0..<(slow ? 170 : 25) {
                var bytes = whole
                if number % 4 == 3 {
                    bytes = whole.prefix(random.index(below: whole.count))
                } else {
                    // Each region of the file in its turn.
                    let part = max(1, whole.count / (slow ? 170 : 25)), start = min(number * part, whole.count - 1)
                    bytes[start + random.index(below: min(part, whole.count - start))] ^= UInt8(
                        1 << random.index(below: 8))
                }
                try bytes.write(to: url)
                let failure = #expect(throws: Failure.self, "\(name), case \(number)") { try answers(folder.path) }
                #expect(failure?.kind == .badData && failure?.place.hasPrefix(folder.path) == true)
                #expect(failure?.place.hasSuffix(name) == true, "\(name): \(failure?.line ?? "")")
                cases += 1
            }
            try whole.write(to: url)
        }
        #expect(cases >= (slow ? 1000 : 150))
        #expect(try answers(folder.path) == right)
    }

    @Test func `a file that is gone is named`() throws {
        let folder = TemporaryFolder()
        try makeIndex(folder.path)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != "lock" {
            let path = "\(folder.path)/\(name)"
            try FileManager.default.moveItem(atPath: path, toPath: path + "~")
            let failure = #expect(throws: Failure.self, "\(name)") { try answers(folder.path) }
            #expect(failure?.kind == .missingInput)
            try FileManager.default.moveItem(atPath: path + "~", toPath: path)
        }
    }

    /// An index of several blocks, two of which are damaged in the file of its vectors.
    private func damaged(_ folder: String) throws {
        let rows = (0..<20_000 * 16).map { Float($0 % 1009) / 1009 }
        try store(rows, ids: (0..<20_000).map { Int64($0) }, in: folder, embedDim: 16, exactBelow: 100_000)
        var index = try IndexSnapshot(folder)
        #expect(index.damages().isEmpty)
        let url = URL(filePath: "\(folder)/\(index.manifest.segments[0].file)")
        var bytes = try Data(contentsOf: url)
        for offset in [100, 300_000] { bytes[offset] ^= 1 }
        try bytes.write(to: url)
    }

    @Test func `what is damaged is all found at once`() throws {
        let folder = TemporaryFolder()
        try damaged(folder.path)
        var index = try IndexSnapshot(folder.path)
        #expect(index.damages().count == 2)
        #expect(throws: Failure.self) { try index.exactNearest(1, to: [Float](repeating: 0, count: 16)) }
    }

    @Test func `damage is not carried into the next generation`() throws {
        let folder = TemporaryFolder()
        try damaged(folder.path)
        var update = try IndexUpdate(folder.path, embedDim: 16)
        #expect(throws: Failure.self) { try update.optimize() }
        #expect(try IndexManifest.read(folder.path).generation == 1)
    }
}
