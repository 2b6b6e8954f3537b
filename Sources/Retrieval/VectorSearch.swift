public import Failures
import Kernels
import VectorIndex

/// An embedding that was found by a vector.
public struct VectorHit: Sendable, Equatable, Encodable {
    /// The query's row in its file, from 0.
    public var query: Int
    /// Its place in the answer, from 1.
    public var rank: Int
    /// The inner product with the query: the cosine, unless the index kept lengths.
    public var score: Float
    /// The number under which it is stored.
    public var id: Int64
    /// What it is of, and what is said of it, where that is known.
    public var name, caption: String?

    /// One line of JSON: `query`, `rank`, `score`, `id`, and `name` and `caption` where there are any.
    public var json: String { jsonLine(self) }
}

/// Which embeddings a search may find.
public struct SearchLimits: Sendable, Equatable {
    /// How many; all where nil, which needs `leastScore`.
    public var k: Int? = 10
    /// All that score as much, found by looking at every row.
    public var leastScore: Float?
    /// Numbers, paths or folders among which it searches; nil for all.
    public var among: [String]?
    /// The share of the nearest that a search of a large index finds; 0.95 where nil.
    public var recall: Double?
    /// Lists of a large index to visit, in the place of as many as the recall takes.
    public var nprobe: Int?

    /// The ten nearest.
    public init() {}

    /// What a search of one's vectors finds within these limits, for queries of a kind.
    func search(
        _ contents: inout IndexContents, _ queries: [Float], as kind: QueryKind = .pictures
    ) throws(Failure) -> [[Hit]] {
        let allowed: Set<Int64>? = if let among { try contents.ids(named: among) } else { nil }
        if let leastScore {
            var some = if let allowed { contents.vectors.restricted(to: allowed.contains) } else { contents.vectors }
            let most = k ?? .max
            return try some.within(leastScore, of: queries).map { Array($0.prefix(most)) }
        }
        let count = k ?? 10, recall = recall ?? IndexSnapshot.usualRecall
        if let allowed {
            return try contents.vectors.nearest(
                count, to: queries, as: kind, recall: recall, nprobe: nprobe, among: allowed)
        }
        return try contents.vectors.nearest(count, to: queries, as: kind, recall: recall, nprobe: nprobe)
    }
}

/// The embeddings of an index nearest to vectors from a file, query by query.
///
/// - Throws: `.missingInput`, `.badData` where a file is damaged, `.badSettings` where the vectors do not fit the
///   index.
public func searchVectors(
    _ folder: String, queries path: String, _ limits: SearchLimits = SearchLimits()
) throws(Failure) -> [VectorHit] {
    var contents = try IndexContents(folder)
    let queries = try readQueries(path, for: contents)
    let found = try limits.search(&contents, queries)
    let notes = try contents.notes(of: Array(Set(found.joined().map(\.id))))
    return found.enumerated().flatMap { query, hits in
        hits.enumerated().map { place, hit in
            VectorHit(
                query: query, rank: place + 1, score: hit.score, id: hit.id, name: notes[hit.id]?.name,
                caption: notes[hit.id]?.caption)
        }
    }
}

/// Vectors from a file as an index compares them: transformed as its own were, and of length one.
func readQueries(
    _ path: String, for contents: IndexContents, atMost limit: Int? = nil
) throws(Failure) -> [Float] {
    let table = try openVectors(path), transform = contents.transform, width = contents.vectors.embedDim
    var rows = (0..<min(limit ?? table.count, table.count)).flatMap { table.row($0) }
    if let transform, transform.inputDim == table.embedDim {
        rows = transform.apply(to: rows.span, normalized: false)
    } else if table.embedDim != width || transform != nil {
        throw Failure(
            .badSettings, "cannot search", at: path,
            because: "its vectors have \(table.embedDim) dimensions, the index takes \(transform?.inputDim ?? width)",
            try: "give vectors of the model that made the index")
    }
    guard rows.allSatisfy(\.isFinite) else {
        throw Failure(
            .badData, "cannot search", at: path, because: "a number is not finite", try: "leave such rows out")
    }
    guard contents.isNormalized else { return rows }
    for start in stride(from: 0, to: rows.count, by: width) {
        let length = Float(sumOfSquares(rows.span.extracting(start..<start + width)).squareRoot())
        guard length > 0 else { continue }
        for i in start..<start + width { rows[i] /= length }
    }
    return rows
}
