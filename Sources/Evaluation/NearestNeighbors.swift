import Kernels

/// A candidate that is near to a query.
public struct Neighbor: Sendable, Equatable {
    /// The candidate's row.
    public var row: Int
    /// The inner product with the query: the cosine, where both have length one.
    public var score: Float
}

/// The `k` candidates with the largest inner products with each query, best first; of equal ones the lower row is
/// first.
///
/// Exact: every query meets every candidate. A score that is not a number stands behind all others.
///
/// - Parameters:
///   - queries: `[queries, embedDim]`.
///   - candidates: `[candidates, embedDim]`.
///   - excluded: For each query one row that is no candidate, such as its own; empty where all are.
public func nearestNeighbors(
    _ k: Int, of queries: Span<Float>, among candidates: Span<Float>, embedDim: Int, excluding excluded: [Int] = []
) -> [[Neighbor]] {
    let queryCount = queries.count / embedDim
    precondition(
        excluded.isEmpty || excluded.count == queryCount, "\(excluded.count) excluded rows for \(queryCount) queries")
    var found: [[Neighbor]] = []
    forEachScores(of: queries, among: candidates, embedDim: embedDim) { some, scores in
        let width = candidates.count / embedDim
        found += parallelMap(some.count) { i in
            nearest(
                k, in: scores.extracting(i * width..<(i + 1) * width),
                excluding: excluded.isEmpty ? nil : excluded[some.lowerBound + i])
        }
    }
    return found
}

/// Lends the inner products of some queries with all candidates, `[some, candidates]`, block after block, so that
/// memory stays bounded: (the queries' numbers, the scores).
func forEachScores(
    of queries: Span<Float>, among candidates: Span<Float>, embedDim: Int, _ body: (Range<Int>, Span<Float>) -> Void
) {
    let queryCount = queries.count / embedDim, width = candidates.count / embedDim
    let block = max(1, min(queryCount, (1 << 22) / max(width, 1)))
    var scores = [Float](repeating: 0, count: block * width)
    for start in stride(from: 0, to: queryCount, by: block) {
        let end = min(start + block, queryCount), count = (end - start) * width
        var all = scores.mutableSpan
        all.lend(0..<count) { target in
            matrixProduct(
                queries.extracting(start * embedDim..<end * embedDim), candidates, transposingRight: true,
                rows: end - start, columns: width, inner: embedDim, into: &target)
        }
        body(start..<end, scores.span.extracting(0..<count))
    }
}

/// The `k` largest of some scores, the excluded one left out.
private func nearest(_ k: Int, in scores: Span<Float>, excluding excluded: Int?) -> [Neighbor] {
    var best: [Neighbor] = []  // best first
    best.reserveCapacity(k + 1)
    for row in scores.indices where row != excluded {
        let score = scores[row].isNaN ? -.infinity : scores[row]
        guard best.count < k || (k > 0 && score > best[k - 1].score) else { continue }
        let place = best.lastIndex { $0.score >= score }.map { $0 + 1 } ?? 0
        best.insert(Neighbor(row: row, score: score), at: place)
        if best.count > k { best.removeLast() }
    }
    return best
}
