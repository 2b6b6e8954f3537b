/// What a search costs for which recall: measured when lists were made, on queries that nothing was learned from.
public struct RecallTable: Codable, Sendable, Equatable {
    /// Settings that reach a recall.
    public struct Point: Codable, Sendable, Equatable {
        /// The share of the ten nearest that is asked for.
        public var recall: Double
        /// The share that these settings found, which is at least `recall + margin`.
        public var measured: Double
        /// What chance may have added: one standard error of the measurement.
        public var margin: Double
        /// Lists whose best score is foretold to lie at most so far below that of the best list are visited.
        public var gap: Float
        /// Rows that are kept by the first part of their codes, and of these by their whole codes.
        public var shortlist: Int, rerank: Int
        /// The share of rows whose codes were looked at.
        public var scanned: Double
    }

    /// What the queries come from.
    public var kind: QueryKind
    /// How many were asked.
    public var queries: Int
    /// By recall, ascending; none for a recall that no settings reached.
    public var points: [Point]

    /// The cheapest settings for a recall; nil where it was not reached: then every row is to be looked at.
    func point(for recall: Double) -> Point? { points.first { $0.recall >= recall - 1e-9 } }

    /// Whether the numbers make sense.
    var isSound: Bool {
        points.allSatisfy {
            $0.gap >= 0 && $0.gap.isFinite && (1...1 << 20).contains($0.rerank)
                && ($0.rerank...1 << 20).contains($0.shortlist) && (0...1).contains($0.recall)
        }
    }
}
