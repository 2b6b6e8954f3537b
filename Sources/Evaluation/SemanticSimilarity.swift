/// How well the cosines of pairs agree with what people said of their similarity.
///
/// Agirre et al. 2012 (SemEval STS); that ranks are compared follows Reimers et al. 2016.
public struct SemanticSimilarity: Codable, Sendable, Equatable {
    /// Rank correlation of cosines and gold scores, `-1...1`.
    public var spearman: Double
    /// Where it lies with 95 % confidence.
    public var spearmanInterval: BootstrapInterval
    /// Linear correlation of cosines and gold scores, `-1...1`.
    public var pearson: Double
    /// Where it lies with 95 % confidence.
    public var pearsonInterval: BootstrapInterval
    /// How many pairs were compared.
    public var pairs: Int
    /// What scores drawn by lot reach: 0.
    public var chance = 0.0

    enum CodingKeys: String, CodingKey {
        case spearman, pearson, pairs, chance
        case spearmanInterval = "spearman_interval"
        case pearsonInterval = "pearson_interval"
    }

    /// Compares pairs: `first` and `second` are `[gold.count, embedDim]`, rows of length one.
    public init(_ first: Span<Float>, _ second: Span<Float>, embedDim: Int, gold: [Double]) {
        self.init(scores: pairProducts(first, second, embedDim: embedDim), gold: gold)
    }

    /// Compares scores of pairs with what people said of them.
    public init(scores: [Double], gold: [Double]) {
        precondition(scores.count == gold.count, "\(scores.count) scores against \(gold.count)")
        let order = RankOrder(scores), goldOrder = RankOrder(gold)
        pearson = pearsonCorrelation(scores, gold)
        pearsonInterval = BootstrapInterval(count: gold.count) { correlation(scores, gold, times: $0) }
        spearman = spearmanCorrelation(scores, gold)
        spearmanInterval = BootstrapInterval(count: gold.count) {
            correlation(order.ranks($0), goldOrder.ranks($0), times: $0)
        }
        pairs = gold.count
    }
}

/// The inner product of each row of `[rows, embedDim]` with the row of the same number.
func pairProducts(_ first: Span<Float>, _ second: Span<Float>, embedDim: Int) -> [Double] {
    precondition(
        first.count == second.count && first.count % embedDim == 0,
        "found \(first.count) and \(second.count) floats, expected pairs of rows of \(embedDim)")
    return (0..<first.count / embedDim).map { row in
        var sum = 0.0
        for i in row * embedDim..<(row + 1) * embedDim { sum += Double(first[i]) * Double(second[i]) }
        return sum
    }
}
