public import Failures
import Kernels

/// How an index's lists have kept up with what came and went since they were made.
public struct IndexHealth: Sendable, Equatable, Encodable {
    /// Segments, and inverted lists in all of them.
    public var segments, lists: Int
    /// Embeddings, and rows that are still on disk but no longer in the index.
    public var embeddings, removed: Int
    /// `lists · Σ n² / (Σ n)²` over the lists' lengths n: 1 where all are equally long; what a search costs over that.
    /// 1 without lists.
    public var imbalance: Double
    /// Mean inner product of a row with the router of its best list: of rows that the lists were made from, and of
    /// those that came later. Nil where there are none.
    public var fitOfBuild, fitOfNew: Double?

    /// `fitOfBuild − fitOfNew`: how much worse the lists fit what came later; 0 where nothing did.
    public var drift: Double {
        guard let fitOfBuild, let fitOfNew else { return 0 }
        return fitOfBuild - fitOfNew
    }

    private enum CodingKeys: String, CodingKey {
        case segments, lists, embeddings, removed, imbalance, drift
        case fitOfBuild = "fit_of_build"
        case fitOfNew = "fit_of_new"
        case wantsOptimizing = "wants_optimizing"
    }

    /// Writes all figures, the derived ones too.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(segments, forKey: .segments)
        try fields.encode(lists, forKey: .lists)
        try fields.encode(embeddings, forKey: .embeddings)
        try fields.encode(removed, forKey: .removed)
        try fields.encode(imbalance, forKey: .imbalance)
        try fields.encode(fitOfBuild, forKey: .fitOfBuild)
        try fields.encode(fitOfNew, forKey: .fitOfNew)
        try fields.encode(drift, forKey: .drift)
        try fields.encode(wantsOptimizing, forKey: .wantsOptimizing)
    }

    /// Whether `optimize` would pay: lists that no longer fit, a fifth of rows removed, or many segments.
    public var wantsOptimizing: Bool {
        drift > 0.05 || imbalance > 4 || removed * 5 > embeddings + removed || segments > 8
    }
}

extension IndexSnapshot {
    /// Measures the lists, on a sample of 2,000 rows each of the old and the new.
    ///
    /// New are the rows of segments behind the largest that has lists.
    ///
    /// - Throws: `.badData` where a block does not match its checksum.
    public mutating func health() throws(Failure) -> IndexHealth {
        let rows = segments.indices.reduce(0) { $0 + rowCount(of: $1) }
        var health = IndexHealth(
            segments: segments.count, lists: nlist, embeddings: count, removed: rows - count, imbalance: 1)
        let listed = segments.indices.filter { hasLists($0) }
        guard let main = listed.max(by: { rowCount(of: $0) < rowCount(of: $1) }) else { return health }
        var lengths = [Double](repeating: 0, count: nlist)
        for s in listed { for (list, rows) in lists(of: s).enumerated() { lengths[list] += Double(rows.count) } }
        let total = lengths.reduce(0, +)
        health.imbalance = Double(lengths.count) * lengths.reduce(0) { $0 + $1 * $1 } / (total * total)
        health.fitOfBuild = try fit(of: [main])
        health.fitOfNew = try fit(of: Array(segments.indices.dropFirst(main + 1)))
        return health
    }

    /// The mean product of a sample of some segments' rows with the best router.
    private mutating func fit(of some: [Int]) throws(Failure) -> Double? {
        let (counts, embedDim) = (segments.indices.map { rowCount(of: $0) }, embedDim)
        let places = some.flatMap { [isRemoved] s in
            (0..<counts[s]).filter { !isRemoved[s][$0] }.map { RowPlace(segment: s, row: $0) }
        }
        guard !places.isEmpty else { return nil }
        var rows: [Float] = []
        for place in stride(from: 0, to: places.count, by: max(1, places.count / 2_000)).map({ places[$0] }) {
            rows += try vectors(place.row..<place.row + 1, of: place.segment)
        }
        let routers = routers, nlist = nlist, count = rows.count / embedDim
        let best = parallelMap((count + 63) / 64) { block in
            let range = block * 64..<min((block + 1) * 64, count)
            var products = [Float](repeating: 0, count: range.count * nlist), target = products.mutableSpan
            matrixProduct(
                rows.span.extracting(range.lowerBound * embedDim..<range.upperBound * embedDim), routers.span,
                transposingRight: true, rows: range.count, columns: nlist, inner: embedDim, into: &target)
            return range.indices.map { row in
                let start = (row - range.lowerBound) * nlist
                return Double(products[start..<start + nlist].max() ?? 0)
            }.reduce(0, +)
        }
        return best.reduce(0, +) / Double(count)
    }
}
