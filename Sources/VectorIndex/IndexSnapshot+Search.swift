public import Failures
import Kernels

extension IndexSnapshot {
    /// The share of a segment's lists that a query visits where nothing else is said, and the least number of them.
    ///
    /// Queries of the other modality lie outside the pictures' cloud and need many more lists than pictures do.
    static let usualShare = 8, usualMinimum = 16

    /// The `k` stored embeddings with the largest inner products with each query, best first.
    ///
    /// `queries` is `[queries, embedDim]`. Segments with lists are searched in the `nprobe` lists nearest to the query,
    /// by default an eighth of them; the others row by row. The answer to a query depends on it, `k` and `nprobe` alone.
    ///
    /// - Throws: `.badData` where a block that is needed does not match its checksum.
    public mutating func nearest(_ k: Int, to queries: [Float], nprobe: Int? = nil) throws(Failure) -> [[Hit]] {
        precondition(queries.count % embedDim == 0, "\(queries.count) floats are no rows of \(embedDim)")
        precondition(k >= 0 && nprobe ?? 1 > 0, "k is \(k), nprobe \(nprobe ?? 1)")
        let queryCount = queries.count / embedDim
        var tops = [TopHits](repeating: TopHits(min(k, count)), count: queryCount)
        for s in segments.indices where queryCount > 0 && segments[s].count > 0 {
            let visits = visits(of: queries, in: segments[s], nprobe: nprobe)
            for visit in visits { try check(visit.rows, of: s) }
            let found = parallelMap(visits.count) { [self] in scan(visits[$0], of: s, queries, k) }
            for (visit, hits) in zip(visits, found) {
                for (query, hits) in zip(visit.queries, hits) { tops[query].offer(hits) }
            }
        }
        return tops.map(\.sorted)
    }

    /// Rows of a segment, and the queries that want to see them.
    struct Visit: Sendable {
        var rows: Range<Int>
        var queries: [Int]
    }

    /// What is to be read of a segment: its wanted lists, or all rows in pieces of a size that the caches hold.
    private func visits(of queries: [Float], in segment: IndexSegment, nprobe: Int?) -> [Visit] {
        let queryCount = queries.count / embedDim
        guard segment.nlist > 0 else {
            let piece = max(64, (1 << 18) / embedDim)
            return stride(from: 0, to: segment.count, by: piece).map { start in
                Visit(rows: start..<min(start + piece, segment.count), queries: Array(0..<queryCount))
            }
        }
        let nprobe = nprobe ?? max(Self.usualMinimum, segment.nlist / Self.usualShare)
        let wanted = lists(nearest: min(nprobe, segment.nlist), to: queries, in: segment)
        var visitors = [[Int]](repeating: [], count: segment.nlist)
        for (query, lists) in wanted.enumerated() {
            for list in lists { visitors[list].append(query) }
        }
        return visitors.indices.filter { !visitors[$0].isEmpty }.map { list in
            Visit(rows: segment.starts[list]..<segment.starts[list + 1], queries: visitors[list])
        }
    }

    /// For every query, the lists whose unit means have the largest products with it.
    private func lists(nearest nprobe: Int, to queries: [Float], in segment: IndexSegment) -> [[Int]] {
        let queryCount = queries.count / embedDim
        guard nprobe < segment.nlist else {
            return [[Int]](repeating: Array(0..<segment.nlist), count: queryCount)
        }
        let products = segment.readRouters { Products(of: $0, with: queries, embedDim: embedDim) }
        return (0..<queryCount).map { query in
            var top = TopHits(nprobe)
            for list in 0..<segment.nlist { top.offer(Hit(id: Int64(list), score: products[list, query])) }
            return top.sorted.map { Int($0.id) }
        }
    }

    /// The best hits of every query of a visit among its rows.
    private func scan(_ visit: Visit, of s: Int, _ queries: [Float], _ k: Int) -> [[Hit]] {
        let segment = segments[s], rows = visit.rows, live = rows.filter { !isRemoved($0, of: s) }
        let group = 64  // queries whose products with the rows lie in the cache together
        return stride(from: 0, to: visit.queries.count, by: group).flatMap { start in
            let members = visit.queries[start..<min(start + group, visit.queries.count)]
            let some = members.flatMap { queries[$0 * embedDim..<($0 + 1) * embedDim] }  // [members, embedDim]
            let products = segment.readVectors(rows) { Products(of: $0, with: some, embedDim: embedDim) }
            return (0..<members.count).map { member in
                var top = TopHits(min(k, live.count))
                for row in live {
                    let score = products[row - rows.lowerBound, member]
                    if score >= top.threshold { top.offer(Hit(id: segment.ids[row], score: score)) }
                }
                return top.sorted
            }
        }
    }
}

/// The inner products of rows with queries: the same bits for a row and a query, whatever stands beside them.
private struct Products {
    private let columns: Int
    private let floats: [Float]  // [rows, columns]

    init(of rows: Span<Float>, with queries: [Float], embedDim: Int) {
        let count = rows.count / embedDim, columns = queries.count / embedDim
        var floats = [Float](repeating: 0, count: count * columns), target = floats.mutableSpan
        matrixProduct(
            rows, queries.span, transposingRight: true, rows: count, columns: columns, inner: embedDim, into: &target)
        self.columns = columns
        self.floats = floats
    }

    subscript(row: Int, query: Int) -> Float { floats[row * columns + query] }
}
