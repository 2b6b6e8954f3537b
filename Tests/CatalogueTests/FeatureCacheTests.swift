import Catalogue
import Failures
import Foundation
import Testing

@Suite struct FeatureCacheTests {
    private let path = NSTemporaryDirectory() + "features-\(UUID().uuidString)"

    private func withCache(_ body: (FeatureCache) throws -> Void) throws {
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        try body(FeatureCache(path))
    }

    @Test func `rows come back to the bit, in the order asked, also from another opening`() throws {
        try withCache { cache in
            let table = try cache.table(of: "tower", width: 3)
            let keys = [FeatureKey("one"), FeatureKey("two"), FeatureKey("one", view: "1")]
            let rows: [Float] = [1, -0, .pi, 4, .leastNonzeroMagnitude, 6, 7, 8, 9]
            try table.add(keys, rows: rows)
            let again = try FeatureCache(path).table(of: "tower", width: 3)
            #expect(try again.rows(of: [keys[2], keys[0], keys[2]]) == [7, 8, 9, 1, -0, .pi, 7, 8, 9])
            #expect(try again.rows(of: keys).map(\.bitPattern) == rows.map(\.bitPattern))
        }
    }

    @Test func `each tower has rows of its own`() throws {
        try withCache { cache in
            let one = try cache.table(of: "one", width: 1), two = try cache.table(of: "two", width: 1)
            try one.add([FeatureKey("a")], rows: [1])
            #expect(try one.missing([FeatureKey("b"), FeatureKey("a")]) == [FeatureKey("b")])
            #expect(try two.missing([FeatureKey("a")]) == [FeatureKey("a")])
            let failure = #expect(throws: Failure.self) { try two.rows(of: [FeatureKey("a")]) }
            #expect(failure?.kind == .badData && failure?.line.contains("those of a are missing") == true)
        }
    }

    @Test func `a file of something else is refused`() throws {
        try Data("no database, but long enough to be looked at".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let failure = #expect(throws: Failure.self) { try FeatureCache(path) }
        #expect(failure?.kind == .badData)
    }
}
