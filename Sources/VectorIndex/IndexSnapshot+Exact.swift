public import Failures
import Kernels

/// Search that looks at every row: the truth for all else.
extension IndexSnapshot {
    /// The `k` embeddings with the largest inner products with each query, best first, whatever lists there are.
    ///
    /// `queries` is `[queries, embedDim]`.
    ///
    /// - Throws: `.badData` where a block does not match its checksum.
    public mutating func exactNearest(_ k: Int, to queries: [Float]) throws(Failure) -> [[Hit]] {
        let queryCount = queries.count / embedDim, k = min(k, count)
        var tops = [TopHits](repeating: TopHits(k), count: queryCount)
        try scanAll(queries) { ids, products in
            let columns = products.count / max(ids.count, 1)
            return (0..<columns).map { query in
                var top = TopHits(k)
                for (place, id) in ids.enumerated() {
                    let score = products[place * columns + query]
                    if score >= top.threshold { top.offer(Hit(id: id, score: score)) }
                }
                return top.sorted
            }
        } take: { query, hits in
            tops[query].offer(hits)
        }
        return tops.map(\.sorted)
    }

    /// All embeddings whose inner product with a query is at least `leastScore`, best first.
    ///
    /// `queries` is `[queries, embedDim]`. Every row is looked at: none is missed.
    ///
    /// - Throws: `.badData` where a block does not match its checksum.
    public mutating func within(_ leastScore: Float, of queries: [Float]) throws(Failure) -> [[Hit]] {
        let queryCount = queries.count / embedDim
        var found = [[Hit]](repeating: [], count: queryCount)
        try scanAll(queries) { ids, products in
            let columns = products.count / max(ids.count, 1)
            return (0..<columns).map { query in
                ids.enumerated().compactMap { place, id in
                    let score = products[place * columns + query]
                    return score >= leastScore ? Hit(id: id, score: score) : nil
                }
            }
        } take: { query, hits in
            found[query] += hits
        }
        return found.map { $0.sorted { $0.isBetter(than: $1) } }
    }

    /// Multiplies all rows with some queries, a piece of rows at a time, on all threads: `choose` is told the ids of
    /// the piece and its products with some of the queries, `[ids, some]`, and gives hits for each of these, which
    /// `take` gets in the order of rows.
    private mutating func scanAll(
        _ queries: [Float], choose: @Sendable ([Int64], [Float]) -> [[Hit]], take: (Int, [Hit]) -> Void
    ) throws(Failure) {
        precondition(queries.count % embedDim == 0, "\(queries.count) floats are no rows of \(embedDim)")
        let group = 64 * embedDim  // queries whose products with the rows lie in the cache together
        for s in segments.indices where isRemoved[s].memberCount < rowCount(of: s) {
            let wanted = try pieces(of: s)
            for start in stride(from: 0, to: queries.count, by: group) {
                let some = Array(queries[start..<min(start + group, queries.count)])
                let found = parallelMap(wanted.count) { [self] in
                    let rows = wanted[$0].flatMap(\.self)
                    let products = wanted[$0].flatMap { run in
                        segments[s].readHalves(run) { halfProducts($0, some.span, width: embedDim) }
                    }
                    return choose(rows.map { id($0, of: s) }, products)
                }
                for piece in found {
                    for (query, hits) in piece.enumerated() { take(start / embedDim + query, hits) }
                }
            }
        }
    }

    /// The rows of a segment that are in the index, in pieces of several runs each; their blocks are checked.
    private mutating func pieces(of segment: Int) throws(Failure) -> [[Range<Int>]] {
        guard !isRemoved[segment].isEmpty else {
            let all = stride(from: 0, to: rowCount(of: segment), by: rowsPerPiece).map {
                $0..<min($0 + rowsPerPiece, rowCount(of: segment))
            }
            for rows in all { try check(rows, of: segment) }
            return all.map { [$0] }
        }
        var pieces: [[Range<Int>]] = [], runs: [Range<Int>] = [], rows = 0
        for row in 0..<rowCount(of: segment) where !isRemoved(row, of: segment) {
            if let last = runs.last, last.upperBound == row {
                runs[runs.count - 1] = last.lowerBound..<row + 1
            } else {
                runs.append(row..<row + 1)
            }
            rows += 1
            guard rows == rowsPerPiece else { continue }
            pieces.append(runs)
            (runs, rows) = ([], 0)
        }
        if !runs.isEmpty { pieces.append(runs) }
        for run in pieces.joined() { try check(run, of: segment) }
        return pieces
    }
}
