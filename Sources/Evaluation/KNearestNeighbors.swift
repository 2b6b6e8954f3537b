import Kernels

/// Names a class by the votes of the `k` nearest embeddings, each weighted by `exp(cosine / temperature)`.
///
/// Wu et al. 2018, "Unsupervised feature learning via non-parametric instance discrimination", section 3.4; `k` is as
/// Caron et al. 2021 (DINO) evaluate.
public struct KNearestNeighbors: Sendable, Equatable {
    /// Voters.
    public var k = 20
    /// The smaller, the more the nearest outvote the others.
    public var temperature: Float = 0.07

    /// The usual settings.
    public init() {}

    /// The class of each query, `[queries, embedDim]`, rows of length one. Of classes with equal votes the lower is
    /// named.
    public func classes(of queries: Span<Float>, among known: LabelledRows) -> [Int] {
        precondition(k > 0 && temperature > 0, "k is \(k), the temperature \(temperature)")
        let classes = max(known.classes, 1)
        return nearestNeighbors(k, of: queries, among: known.rows.span, embedDim: known.embedDim).map { voters in
            // Taking off the best score keeps the exponentials finite and changes no order.
            var votes = [Float](repeating: 0, count: classes)
            let best = voters.first?.score ?? 0
            for voter in voters { votes[known.labels[voter.row]] += exponential((voter.score - best) / temperature) }
            var winner = 0
            for label in votes.indices where votes[label] > votes[winner] { winner = label }
            return winner
        }
    }

    /// How often the classes of `queries` are named rightly by `known`; all rows have length one.
    public func report(of queries: LabelledRows, among known: LabelledRows) -> ClassificationReport {
        precondition(
            queries.embedDim == known.embedDim, "rows of \(queries.embedDim) among rows of \(known.embedDim)")
        return ClassificationReport(
            named: classes(of: queries.rows.span, among: known), right: queries.labels, candidates: known.labels.count,
            classes: max(known.classes, queries.classes))
    }
}
