import Failures
import Kernels

/// Exact search of segments without lists: by bytes first, which are a quarter of the floats, and then by the vectors of those
/// rows that may be among the nearest.
extension IndexSnapshot {
    /// Queries after which laying a segment's rows out as bytes pays, and rows below which it never does.
    private static let enoughQueries = 32, enoughRows = 512
    private static let queriesAtOnce = 48

    /// The nearest of a segment without lists; nil where looking at all rows is as quick.
    mutating func nearestByBytes(_ k: Int, to queries: [Float], of segment: Int) throws(Failure) -> [[Hit]]? {
        let count = queries.count / embedDim, rows = rowCount(of: segment), live = rows - isRemoved[segment].memberCount
        asked[segment] += count
        guard !hasLists(segment), rows >= Self.enoughRows, asked[segment] >= Self.enoughQueries, k > 0,
            k <= QuantizedScan.mostHits, live >= 2 * k
        else { return nil }
        let scan = try scan(of: segment), tasks = (count + Self.queriesAtOnce - 1) / Self.queriesAtOnce
        let hits = parallelMap(tasks) { [self] task in
            let first = task * Self.queriesAtOnce, end = min(first + Self.queriesAtOnce, count)
            return nearest(k, to: Array(queries[first * embedDim..<end * embedDim]), of: segment, scan)
        }
        return hits.flatMap(\.self)
    }

    /// A segment's rows as bytes, laid out now where they are not yet.
    private mutating func scan(of segment: Int) throws(Failure) -> QuantizedScan {
        if let scan = quantized[segment] { return scan }
        let rows = try vectors(0..<rowCount(of: segment), of: segment)
        let scan = QuantizedScan(rows.span, columns: embedDim)
        quantized[segment] = scan
        return scan
    }

    private func nearest(_ k: Int, to some: [Float], of segment: Int, _ scan: QuantizedScan) -> [[Hit]] {
        let found = scan.candidates(of: some, columns: embedDim, k: k, excluded: isRemoved[segment].words)
        return found.indices.map { query in
            let vector = Array(some[query * embedDim..<(query + 1) * embedDim])
            let products = segments[segment].readHalves(0..<rowCount(of: segment)) {
                halfProducts($0, rows: found[query], vector.span, width: embedDim)
            }
            var top = TopHits(k)
            for (row, score) in zip(found[query], products) { top.offer(Hit(id: id(row, of: segment), score: score)) }
            return top.sorted
        }
    }
}
