/// How much of each embedding's neighbourhood is left after a change of all: the share of its `k` nearest that are
/// still among its `k` nearest.
public struct NeighborRecall: Codable, Sendable, Equatable {
    /// The share of neighbours that are kept, `0...1`.
    public var recall: Double
    /// Where it lies with 95 % confidence.
    public var recallInterval: BootstrapInterval
    /// Neighbours of each embedding.
    public var k: Int
    /// How many embeddings were asked for their neighbours, and among how many these were.
    public var queries, candidates: Int
    /// What neighbours drawn by lot would keep.
    public var chance: Double

    enum CodingKeys: String, CodingKey {
        case recall, k, queries, candidates, chance
        case recallInterval = "recall_interval"
    }

    /// Compares neighbours, one list a query; none of the `candidates` lists more than once, nor the query itself.
    public init(_ before: [[Neighbor]], _ after: [[Neighbor]], candidates: Int) {
        precondition(before.count == after.count, "\(before.count) queries before, \(after.count) after")
        let shares = zip(before, after).map { before, after in
            let kept = Set(before.map(\.row)).intersection(after.map(\.row)).count
            return before.isEmpty ? 1 : Double(kept) / Double(before.count)
        }
        recall = mean(shares)
        recallInterval = BootstrapInterval(meanOf: shares)
        k = before.first?.count ?? 0
        queries = before.count
        self.candidates = candidates
        chance = candidates > 0 ? Double(k) / Double(candidates) : 0
    }
}
