import Kernels
import Testing

@testable import VectorIndex

@Suite(.serialized) struct SearchTests {
    @Test(arguments: [1, 2, 3, 4, 5])
    func `an index without lists finds what brute force finds`(seed: UInt64) throws {
        let folder = TemporaryFolder(), ids = (0..<300).map { Int64($0 * 3 % 301) }
        let rows = cloud(300, embedDim: 24, centres: 5, seed: seed)
        let queries = cloud(4, embedDim: 24, centres: 2, seed: seed + 100)
        try store(rows, ids: ids, in: folder.path, embedDim: 24, exactBelow: 1000)
        var index = try IndexSnapshot(folder.path)
        let found = try index.nearest(7, to: queries)
        for q in 0..<4 {
            #expect(found[q] == bruteForce(7, queries.span.extracting(q * 24..<q * 24 + 24), rows, ids: ids))
        }
        #expect(index.nlist == 0)
    }

    @Test(arguments: [1, 2, 3, 4, 5])
    func `visiting every list equals brute force`(seed: UInt64) throws {
        let folder = TemporaryFolder(), ids = (0..<700).map { Int64($0) }
        let rows = cloud(700, embedDim: 16, centres: 9, seed: seed)
        let queries = cloud(5, embedDim: 16, centres: 2, seed: seed + 100)
        try store(rows, ids: ids, in: folder.path, embedDim: 16, exactBelow: 500)
        var index = try IndexSnapshot(folder.path)
        #expect(index.nlist > 100)
        let found = try index.nearest(11, to: queries, nprobe: index.nlist)
        for q in 0..<5 {
            #expect(found[q] == bruteForce(11, queries.span.extracting(q * 16..<q * 16 + 16), rows, ids: ids))
        }
    }

    @Test func `the usual nprobe finds 95 of 100 nearest neighbours`() throws {
        let folder = TemporaryFolder(), ids = (0..<6000).map { Int64($0) }
        let rows = cloud(6000, embedDim: 32, centres: 60, seed: 1)
        // The same centres (they are drawn first), other members: pictures that are not in the index.
        let queries = Array(cloud(6100, embedDim: 32, centres: 60, seed: 1).suffix(100 * 32))
        try store(rows, ids: ids, in: folder.path, embedDim: 32, exactBelow: 5000)
        var index = try IndexSnapshot(folder.path)
        let approximate = try index.nearest(10, to: queries)
        let exact = try index.nearest(10, to: queries, nprobe: index.nlist)
        let recall = recall(approximate, exact)
        #expect(recall >= 0.95, "recall@10 is \(recall)")
        #expect(approximate != exact || recall == 1)
    }

    @Test(arguments: [20, 301]) func `the answer depends neither on threads nor on the batch`(embedDim: Int) throws {
        let folder = TemporaryFolder(), ids = (0..<900).map { Int64($0) }
        let rows = cloud(900, embedDim: embedDim, centres: 6, seed: 3), queries = Array(rows.prefix(70 * embedDim))
        try store(rows, ids: ids, in: folder.path, embedDim: embedDim, exactBelow: 800)
        var index = try IndexSnapshot(folder.path)
        let threads = threadCount
        defer { setThreadCount(threads) }
        setThreadCount(1)
        let alone = try (0..<70).map {
            try index.nearest(9, to: Array(queries[$0 * embedDim..<($0 + 1) * embedDim]))[0]
        }
        setThreadCount(7)
        #expect(try index.nearest(9, to: queries) == alone)
    }

    @Test func `equal scores are listed by id`() throws {
        let folder = TemporaryFolder(), row: [Float] = [0.6, 0.8]
        let ids: [Int64] = [9, 4, 7, 1, 8, 3]
        try store(ids.flatMap { _ in row }, ids: ids, in: folder.path, embedDim: 2, exactBelow: 100)
        var index = try IndexSnapshot(folder.path)
        #expect(try index.nearest(4, to: row)[0].map(\.id) == [1, 3, 4, 7])
        #expect(try index.nearest(40, to: row)[0].map(\.id) == [1, 3, 4, 7, 8, 9])
        #expect(try index.nearest(0, to: row) == [[]])
        #expect(try index.nearest(3, to: []).isEmpty)
    }

    @Test(arguments: [1, 2, 3]) func `the best k do not depend on the order in which hits come`(seed: UInt64) {
        let scores = cloud(40, embedDim: 1, centres: 3, seed: seed).enumerated().map { Float($0 % 7) * $1 }
        let hits = scores.enumerated().map { Hit(id: Int64($0), score: $1) }
        for k in [0, 1, 5, 39, 40, 41] {
            var forwards = TopHits(k), backwards = TopHits(k)
            forwards.offer(hits)
            backwards.offer(hits.reversed())
            #expect(forwards.sorted == Array(hits.sorted { $0.isBetter(than: $1) }.prefix(k)))
            #expect(forwards.sorted == backwards.sorted)
        }
    }
}
