import Failures
import Testing

@testable import VectorIndex

@Suite struct ReachTests {
    private static let width = 16, count = 2400
    private let rows = cloud(count + 40, embedDim: width, centres: 30, seed: 61)
    private var queries: [Float] { Array(rows.suffix(40 * Self.width)) }

    /// An index with lists, in two segments where `isSplit`.
    private func index(_ folder: String, isSplit: Bool = false) throws(Failure) -> IndexSnapshot {
        let listed = isSplit ? 2200 : Self.count
        for part in [0..<listed, listed..<Self.count] where !part.isEmpty {
            try store(
                Array(rows[part.lowerBound * Self.width..<part.upperBound * Self.width]), ids: part.map { Int64($0) },
                in: folder, embedDim: Self.width, exactBelow: 1000)
        }
        return try IndexSnapshot(folder)
    }

    @Test(arguments: [false, true]) func `what is reached in some lists is what a search of them finds`(isSplit: Bool)
        throws
    {
        let folder = TemporaryFolder()
        var index = try index(folder.path, isSplit: isSplit)
        #expect(index.nlist > 4 && index.manifest.segments.count == (isSplit ? 2 : 1))
        let nearest = try index.exactNearest(10, to: queries)
        for nprobe in [1, 3, index.nlist] {
            let found = try index.nearest(10, to: queries, nprobe: nprobe)
            let common = zip(found, nearest).map { Set($0.map(\.id)).intersection($1.map(\.id)).count }
            let lengths = index.lists(nearest: nprobe, to: queries).joined().map { list in
                index.segments.indices.reduce(0) { $0 + index.lists(of: $1)[list].count }
            }
            #expect(
                index.reach(of: queries, nprobe: nprobe, nearest: nearest)
                    == ListReach(found: common.reduce(0, +), rows: lengths.reduce(0, +)))
        }
    }

    @Test func `more recall reaches more in more rows, and one that was never reached all`() throws {
        let folder = TemporaryFolder()
        var index = try index(folder.path)
        let nearest = try index.exactNearest(10, to: queries), all = ListReach(found: 400, rows: 40 * Self.count)
        let reached = [0.8, 0.95, 1].map { index.reach(of: queries, as: .pictures, recall: $0, nearest: nearest) }
        #expect(reached[0].found >= 320 && reached[1].found >= 375 && reached[0].rows <= reached[1].rows)
        #expect(reached[0].rows < all.rows && reached[2] == all)
        let usual = index.reach(of: queries, nprobe: index.usualNprobe, nearest: nearest)
        #expect(index.reach(of: queries, as: QueryKind("sounds"), recall: 0.8, nearest: nearest) == usual)
    }
}
