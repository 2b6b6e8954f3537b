import Failures
import Kernels
import Testing

@testable import VectorIndex

@Suite struct FilterTests {
    private let rows = cloud(3000, embedDim: 16, centres: 20, seed: 5), ids = (0..<3000).map { Int64(5 * $0) }
    private let queries = cloud(70, embedDim: 16, centres: 3, seed: 50)

    /// An index with lists, some rows behind them, and some removed.
    private func index(_ folder: String) throws -> (index: IndexSnapshot, live: [Int]) {
        try store(
            Array(rows.prefix(2800 * 16)), ids: Array(ids.prefix(2800)), in: folder, embedDim: 16, exactBelow: 1000)
        try store(
            Array(rows.suffix(200 * 16)), ids: Array(ids.suffix(200)), in: folder, embedDim: 16, exactBelow: 1000,
            removing: (0..<100).map { ids[7 * $0] })
        let removed = Set((0..<100).map { 7 * $0 })
        return (try IndexSnapshot(folder), (0..<3000).filter { !removed.contains($0) })
    }

    private func truth(_ k: Int, _ query: Int, among some: [Int]) -> [Hit] {
        bruteForce(
            k, queries.span.extracting(query * 16..<(query + 1) * 16), some.flatMap { rows[$0 * 16..<($0 + 1) * 16] },
            ids: some.map { ids[$0] })
    }

    @Test func `exact search looks at every row, lists or not`() throws {
        let folder = TemporaryFolder(), (index, live) = try index(folder.path)
        var search = index
        #expect(index.nlist > 0 && index.count == 2900 && index.manifest.segments.count == 2)
        let found = try search.exactNearest(12, to: queries)
        for q in 0..<70 { #expect(found[q] == truth(12, q, among: live)) }
        #expect(try search.exactNearest(0, to: queries).allSatisfy(\.isEmpty))
    }

    @Test(arguments: [2, 10, 100, 1000]) func `what is allowed is found, and never too little of it`(every: Int) throws
    {
        let folder = TemporaryFolder(), (index, live) = try index(folder.path)
        let some = live.filter { $0 % every == 0 }, allowed = Set(some.map { ids[$0] } + [-1])
        let found = try index.nearest(15, to: queries, among: allowed)
        for q in 0..<70 { #expect(found[q] == truth(15, q, among: some)) }
        #expect(try index.nearest(15, to: queries, among: []) == [[Hit]](repeating: [], count: 70))
    }

    @Test func `a restricted index answers as if nothing else were in it, and visits lists`() throws {
        let folder = TemporaryFolder(), (index, live) = try index(folder.path)
        let some = live.filter { $0 % 2 == 1 }, allowed = Set(some.map { ids[$0] })
        var restricted = index.restricted(to: allowed.contains)
        #expect(restricted.count == some.count && restricted.ids == some.map { ids[$0] })
        let found = try restricted.nearest(10, to: queries, nprobe: 40)
        var common = 0
        for q in 0..<70 {
            #expect(found[q].allSatisfy { allowed.contains($0.id) } && found[q].count == 10)
            common += Set(found[q].map(\.id)).intersection(truth(10, q, among: some).map(\.id)).count
        }
        #expect(common >= 665)
    }

    @Test(arguments: [-2, 0.3, 0.7, 2]) func `a range holds all that score as much, and nothing else`(least: Float)
        throws
    {
        let folder = TemporaryFolder()
        var (index, live) = try index(folder.path)
        let found = try index.within(least, of: queries)
        for q in 0..<70 { #expect(found[q] == truth(3000, q, among: live).filter { $0.score >= least }) }
        live = []
    }

    @Test func `near duplicates are the sets that links join`() throws {
        let folder = TemporaryFolder(), width = 16
        var all = Array(rows.prefix(400 * width))
        for (copy, original) in [(10, 3), (11, 3), (200, 10), (399, 50)] {
            for i in 0..<width { all[copy * width + i] = all[original * width + i] }
        }
        try store(all, ids: (0..<400).map { Int64($0) }, in: folder.path, embedDim: width, exactBelow: 1000)
        var index = try IndexSnapshot(folder.path)
        let groups = try NearDuplicates(leastScore: 0.9999).groups(in: &index)
        #expect(groups.map { $0.map(\.id) } == [[3, 10, 11, 200], [50, 399]])
        for hit in groups.joined() {
            let row = stored(Array(all[Int(hit.id) * width..<(Int(hit.id) + 1) * width]), width: width)
            #expect(abs(hit.score - dot(row.span, row.span)) < 1e-5)
        }
        #expect(try NearDuplicates(leastScore: 1.1).groups(in: &index).isEmpty)
        #expect(try NearDuplicates(leastScore: -1).groups(in: &index).map(\.count) == [400])
    }

    @Test(arguments: [1, 2, 3]) func `sets are those of any order of joins`(seed: Int) {
        let joins = (0..<40).map { ($0 * 7 * seed % 60, $0 * $0 * seed % 60) }
        var sets = DisjointSets(60), reversed = DisjointSets(60), labels = Array(0..<60)
        for (a, b) in joins {
            sets.join(a, b)
            let (from, to) = (labels[a], labels[b])
            for i in labels.indices where labels[i] == from { labels[i] = to }
        }
        for (a, b) in joins.reversed() { reversed.join(b, a) }
        #expect(sets.groups == reversed.groups)
        for group in sets.groups { #expect(Set(group.map { labels[$0] }).count == 1 && group == group.sorted()) }
        #expect(sets.groups.count == Set(labels).count)
    }

    @Test func `a neighbourhood is the k nearest others`() throws {
        let folder = TemporaryFolder()
        var (index, live) = try index(folder.path)
        var seen: [Int64] = []
        try index.forEachNeighborhood(3, nprobe: index.nlist) { id, hits in
            seen.append(id)
            #expect(hits.count == 3 && !hits.contains { $0.id == id })
        }
        #expect(seen == live.map { ids[$0] })
        live = []
    }

    @Test func `lists that no longer fit are noticed`() throws {
        let folder = TemporaryFolder(), (index, _) = try index(folder.path)
        var same = index
        let health = try same.health()
        #expect(
            health.segments == 2 && health.removed == 100 && health.embeddings == 2900 && health.lists == index.nlist)
        #expect(health.imbalance >= 1 && health.imbalance < 4)
        #expect(abs(health.drift) < 0.05)
        let strange = (0..<200).flatMap { i in (0..<16).map { Float($0 == i % 16 ? -1 : 0) } }
        try store(strange, ids: (0..<200).map { -1 - Int64($0) }, in: folder.path, embedDim: 16, exactBelow: 5000)
        var drifted = try IndexSnapshot(folder.path)
        #expect(try drifted.health().drift > 0.05 && drifted.health().wantsOptimizing)
    }
}
