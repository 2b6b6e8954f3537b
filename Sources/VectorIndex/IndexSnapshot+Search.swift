public import Failures
import Kernels

extension IndexSnapshot {
    /// The share of the lists that a query visits where nothing else is known, and the least number of them.
    ///
    /// Queries of another modality lie outside the pictures' cloud and need many more lists than pictures do.
    static let usualShare = 8, usualMinimum = 16
    /// The share of the nearest that a search finds where nothing else is said.
    public static let usualRecall = 0.95

    /// The `k` stored embeddings with the largest inner products with each query, best first.
    ///
    /// `queries` is `[queries, embedDim]`. Segments without lists are searched row by row. Of those with lists, a query
    /// visits as many as were found to give the `recall` that is asked for with queries of its `kind`; `nprobe`, where it is
    /// given, is the number of lists with the nearest means, whose rows are all compared. The answer to a query depends on
    /// it, its kind, `k`, and what is asked for, not on other queries or threads; the first of ten or fewer do not depend on
    /// `k`.
    ///
    /// - Throws: `.badData` where a block that is needed does not match its checksum.
    public mutating func nearest(
        _ k: Int, to queries: [Float], as kind: QueryKind = .pictures, recall: Double = usualRecall, nprobe: Int? = nil
    ) throws(Failure) -> [[Hit]] {
        precondition(queries.count % embedDim == 0, "\(queries.count) floats are no rows of \(embedDim)")
        precondition(k >= 0 && nprobe ?? 1 > 0, "k is \(k), nprobe \(nprobe ?? 1)")
        let queryCount = queries.count / embedDim
        guard queryCount > 0 else { return [] }
        if nprobe == nil, isNarrow, nlist > 0 { return try exactNearest(k, to: queries) }
        var tops = [TopHits](repeating: TopHits(min(k, count)), count: queryCount)
        let guided = nprobe == nil && k > 0 ? guidedSearch(kind, recall: recallOfAll(for: recall), k) : nil
        for s in segments.indices where segments[s].count > 0 && (guided == nil || !hasLists(s)) {
            if let hits = try nearestByBytes(min(k, count), to: queries, of: s) {
                for (query, hits) in hits.enumerated() { tops[query].offer(hits) }
                continue
            }
            let visits = visits(of: queries, in: segments[s], nprobe: nprobe ?? exhaustive(kind))
            for visit in visits { try check(visit.rows, of: s) }
            let found = parallelMap(visits.count) { [self] in scan(visits[$0], of: s, queries, k) }
            for (visit, hits) in zip(visits, found) {
                for (query, hits) in zip(visit.queries, hits) { tops[query].offer(hits) }
            }
        }
        if let guided { try search(queries, guided) { tops[$0].offer($1) } }
        var hits = tops.map(\.sorted)
        let mustFill = guided != nil || unrestrictedCount != nil
        for query in hits.indices where mustFill && hits[query].count < min(k, count) {
            // Too few rows in the visited lists.
            hits[query] = try exactNearest(k, to: Array(queries[query * embedDim..<(query + 1) * embedDim]))[0]
        }
        return hits
    }

    /// How many lists are visited without guidance: all where a kind was learned, but not for such a recall.
    func exhaustive(_ kind: QueryKind) -> Int {
        let isLearned = manifest.lists?.recalls.contains { $0.kind == kind } ?? false
        return isLearned ? max(nlist, 1) : usualNprobe
    }

    /// Rows of a segment, and the queries that want to see them.
    struct Visit: Sendable {
        var rows: Range<Int>
        var queries: [Int]
    }

    /// What is to be read of a segment: its wanted lists, or all rows in pieces of a size that the caches hold.
    private func visits(of queries: [Float], in segment: IndexSegment, nprobe: Int) -> [Visit] {
        let queryCount = queries.count / embedDim
        guard segment.nlist > 0 else {
            return stride(from: 0, to: segment.count, by: rowsPerPiece).map { start in
                Visit(rows: start..<min(start + rowsPerPiece, segment.count), queries: Array(0..<queryCount))
            }
        }
        let wanted = lists(nearest: min(nprobe, nlist), to: queries)
        var visitors = [[Int]](repeating: [], count: nlist)
        for (query, lists) in wanted.enumerated() {
            for list in lists { visitors[list].append(query) }
        }
        return visitors.indices.compactMap { list in
            let rows = segment.starts[list]..<segment.starts[list + 1]
            return visitors[list].isEmpty || rows.isEmpty ? nil : Visit(rows: rows, queries: visitors[list])
        }
    }

    /// For every query, the lists whose unit means have the largest products with it.
    func lists(nearest nprobe: Int, to queries: [Float]) -> [[Int]] {
        let queryCount = queries.count / embedDim, nlist = nlist
        guard nprobe < nlist else { return [[Int]](repeating: Array(0..<nlist), count: queryCount) }
        var products = [Float](repeating: 0, count: nlist * queryCount), target = products.mutableSpan
        matrixProduct(
            routers.span, queries.span, transposingRight: true, rows: nlist, columns: queryCount, inner: embedDim,
            into: &target)
        return (0..<queryCount).map { query in
            var top = TopHits(nprobe)
            for list in 0..<nlist { top.offer(Hit(id: Int64(list), score: products[list * queryCount + query])) }
            return top.sorted.map { Int($0.id) }
        }
    }

    /// The best hits of every query of a visit among its rows.
    private func scan(_ visit: Visit, of s: Int, _ queries: [Float], _ k: Int) -> [[Hit]] {
        let segment = segments[s], rows = visit.rows, live = rows.filter { !isRemoved($0, of: s) }
        let group = 64  // queries that stay in the cache together
        return stride(from: 0, to: visit.queries.count, by: group).flatMap { start in
            let members = visit.queries[start..<min(start + group, visit.queries.count)]
            let some = members.flatMap { queries[$0 * embedDim..<($0 + 1) * embedDim] }  // [members, embedDim]
            let products = segment.readHalves(rows) { halfProducts($0, some.span, width: embedDim) }
            return (0..<members.count).map { member in
                var top = TopHits(min(k, live.count))
                for row in live {
                    let score = products[(row - rows.lowerBound) * members.count + member]
                    if score >= top.threshold { top.offer(Hit(id: segment.ids[row], score: score)) }
                }
                return top.sorted
            }
        }
    }
}
