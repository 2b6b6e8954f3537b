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
        let wanted = parallelMap(queryCount) { query in
            lists(nearest: nprobe, to: query, of: queries, in: segment)
        }
        var visitors = [[Int]](repeating: [], count: segment.nlist)
        for (query, lists) in wanted.enumerated() {
            for list in lists { visitors[list].append(query) }
        }
        return visitors.indices.filter { !visitors[$0].isEmpty }.map { list in
            Visit(rows: segment.starts[list]..<segment.starts[list + 1], queries: visitors[list])
        }
    }

    private func lists(nearest nprobe: Int, to query: Int, of queries: [Float], in segment: IndexSegment) -> [Int] {
        guard nprobe < segment.nlist else { return Array(0..<segment.nlist) }
        let query = queries.span.extracting(query * embedDim..<(query + 1) * embedDim)
        var top = TopHits(nprobe)
        segment.readRouters { routers in
            for list in 0..<segment.nlist {
                let router = routers.extracting(list * embedDim..<(list + 1) * embedDim)
                top.offer(Hit(id: Int64(list), score: dot(query, router)))
            }
        }
        return top.sorted.map { Int($0.id) }
    }

    /// The best hits of every query of a visit among its rows.
    private func scan(_ visit: Visit, of s: Int, _ queries: [Float], _ k: Int) -> [[Hit]] {
        let segment = segments[s], live = visit.rows.filter { !isRemoved($0, of: s) }
        return segment.readVectors(visit.rows) { vectors in
            visit.queries.map { query in
                let query = queries.span.extracting(query * embedDim..<(query + 1) * embedDim)
                var top = TopHits(min(k, live.count))
                for row in live {
                    let start = (row - visit.rows.lowerBound) * embedDim
                    let score = dot(query, vectors.extracting(start..<start + embedDim))
                    if score >= top.threshold { top.offer(Hit(id: segment.ids[row], score: score)) }
                }
                return top.sorted
            }
        }
    }
}
