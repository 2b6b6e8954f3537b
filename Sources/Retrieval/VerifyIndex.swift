import Evaluation
public import Failures
import Kernels
import Storage
import Tensors
public import VectorIndex

/// What is asked of an index that is verified.
public struct VerificationSettings: Sendable {
    /// The folder of the index.
    public var index: String
    /// Further queries: a file of vectors.
    public var queries: String?
    /// Queries of each kind, and hits that each should find.
    public var sample = 500, k = 10
    /// The recall that is asked for.
    public var recall = 0.95
    /// Lists that a query visits, in the place of as many as the recall takes.
    public var nprobe: Int?

    /// Verifies the index in a folder.
    public init(_ index: String) { self.index = index }
}

/// How many of the nearest embeddings a search finds.
public struct SearchRecall: Sendable, Equatable, Encodable {
    /// What the queries are: `stored` embeddings, `captions` of the collection, or `queries` from a file.
    public var kind: String
    /// Queries that were asked, and hits that each should have found.
    public var queries, k: Int
    /// The mean share of the true `k` nearest that were found, and where it lies with 95 % confidence.
    public var recall: Double, interval: [Double]
}

/// Whether an index is whole, and what its searches find.
public struct VerificationReport: Sendable, Encodable {
    /// What is damaged, one line each; empty where all is whole.
    public var damages: [String] = []
    /// One a kind of query.
    public var recalls: [SearchRecall] = []
    /// Embeddings, segments, lists, and how well these fit; nil where it is damaged.
    public var health: IndexHealth?

    /// The report as one line of JSON.
    public var json: String { jsonLine(self) }
}

/// Compares all bytes of an index with their checksums, its catalogue with its embeddings, and its answers with those
/// of a search that looks at every row.
///
/// - Throws: `.missingInput` where there is no index; `.badData` where it cannot be opened at all.
public func verifyIndex(_ settings: VerificationSettings) throws(Failure) -> VerificationReport {
    var contents = try IndexContents(settings.index), report = VerificationReport()
    report.damages = contents.vectors.damages().map(\.line)
    guard report.damages.isEmpty else { return report }
    let ids = contents.vectors.ids
    let notes = try contents.notes(of: ids)
    if contents.kind != .vectors, let stranger = ids.first(where: { notes[$0] == nil }) {
        report.damages.append("cannot verify index: \(settings.index): number \(stranger) is not in its catalogue")
    }
    report.health = try contents.vectors.health()
    var random = SeededRandom(seed: 0, purpose: .resampling)
    let order = random.permutation(ids.count).prefix(settings.sample).sorted().map { ids[$0] }
    guard !order.isEmpty else { return report }
    let stored = try embeddings(order, of: &contents.vectors)
    report.recalls.append(try recall("stored", stored, own: order, settings, &contents.vectors))
    if contents.kind == .pictures, contents.model != nil {
        var captions: [String] = []
        for id in order { if let caption = notes[id]?.caption { captions.append(caption) } }
        if !captions.isEmpty {
            var encoder = try PictureSearch(settings.index).encoder()
            if encoder.readsWords {
                let queries = try encoder.embed(captions: captions).flatMap(\.self)
                report.recalls.append(try recall("captions", queries, own: [], settings, &contents.vectors))
            }
        }
    }
    if let path = settings.queries {
        let queries = try readQueries(path, for: contents, atMost: settings.sample)
        report.recalls.append(try recall("queries", queries, own: [], settings, &contents.vectors))
    }
    return report
}

private func embeddings(_ ids: [Int64], of index: inout IndexSnapshot) throws(Failure) -> [Float] {
    let wanted = Set(ids)
    var some = index.restricted(to: wanted.contains), rows: [Float] = []
    try some.forEachBlock { (_, vectors) throws(Failure) in rows += vectors }
    return rows
}

/// The recall of some queries; `own` are the ids of the queries themselves where they are in the index, which are not
/// counted as found.
private func recall(
    _ kind: String, _ queries: [Float], own: [Int64], _ settings: VerificationSettings, _ index: inout IndexSnapshot
) throws(Failure) -> SearchRecall {
    let count = queries.count / index.embedDim, depth = settings.k + (own.isEmpty ? 0 : 1)
    let found = try index.nearest(
        depth, to: queries, as: kind == "captions" ? .words : .pictures, recall: settings.recall,
        nprobe: settings.nprobe)
    let right = try index.exactNearest(depth, to: queries)
    let shares = (0..<count).map { query in
        let others = { (hits: [Hit]) in
            Array(hits.filter { own.isEmpty || $0.id != own[query] }.prefix(settings.k))
        }
        let truth = others(right[query])
        guard let worst = truth.last?.score else { return 1.0 }
        // Another embedding of the same score is as right.
        let hits = others(found[query]).count { $0.score >= worst - 1e-6 }
        return Double(min(hits, truth.count)) / Double(truth.count)
    }
    return SearchRecall(
        kind: kind, queries: count, k: settings.k, recall: shares.reduce(0, +) / Double(max(count, 1)),
        interval: interval(shares))
}

/// Where the mean of shares lies with 95 % confidence: the bootstrap's; where all are whole, in which it sees no luck,
/// that of the share of queries that find all (Wilson 1927).
private func interval(_ shares: [Double]) -> [Double] {
    guard shares.contains(where: { $0 < 1 }) else {
        let n = Double(shares.count)
        return [n / (n + 1.96 * 1.96), 1]
    }
    let interval = BootstrapInterval(meanOf: shares)
    return [interval.lower, interval.upper]
}
