import Testing

@testable import Evaluation

@Suite struct SimilarityTests {
    @Test func `correlations are those of SciPy where values are equal`() throws {
        let golden = try Golden().similarity
        let report = SemanticSimilarity(scores: golden.scores, gold: golden.gold)
        #expect(abs(report.spearman - golden.spearman) < 1e-12 && abs(report.pearson - golden.pearson) < 1e-12)
        #expect(report.spearmanInterval.lower < report.spearman && report.spearman < report.spearmanInterval.upper)
        #expect(report.pearsonInterval.lower < report.pearson && report.pearson < report.pearsonInterval.upper)
        #expect(report.pairs == 50 && report.chance == 0)
    }

    @Test func `the order alone decides Spearman's correlation`() {
        let x = [1.0, 2, 3, 4]
        #expect(abs(spearmanCorrelation(x, [1, 10, 100, 1000]) - 1) < 1e-12)
        #expect(abs(spearmanCorrelation(x, [4, 3, 2, 1]) + 1) < 1e-12)
        #expect(spearmanCorrelation(x, [2, 2, 2, 2]) == 0 && pearsonCorrelation([], []) == 0)
    }

    @Test func `ranks of a resample are those of the values that are in it`() {
        let order = RankOrder([0.5, 0.1, 0.5, 0.9])
        #expect(order.ranks([1, 1, 1, 1]) == [2.5, 1, 2.5, 4])
        // 0.1, 0.9, 0.9, 0.9: ranks 1 and 3.
        let ranks = order.ranks([0, 1, 0, 3])
        #expect(ranks[1] == 1 && ranks[3] == 3)
    }

    @Test func `pairs are compared by the cosines of their rows`() {
        let first: [Float] = [1, 0, 1, 0, 1, 0], second: [Float] = [1, 0, 0.6, 0.8, 0, 1]
        let report = SemanticSimilarity(first.span, second.span, embedDim: 2, gold: [5, 3, 0])
        #expect(abs(report.spearman - 1) < 1e-12 && report.pearson > 0.99)
    }

    @Test func `equal texts of a column are one, and any of several answers counts`() {
        let pairs = TextPairs([("a", "A"), ("b", "B"), ("a", "A2"), ("a", "A"), ("c", "B")])
        #expect(pairs.first == ["a", "b", "c"] && pairs.second == ["A", "B", "A2"])
        #expect(pairs.answers == [[0, 2], [1], [1]])
        let first: [Float] = [1, 0, 0, 1, 0.6, 0.8], second: [Float] = [-1, 0, 0, 1, 1, 0]
        let scores = retrieval(first: first.span, second: second.span, embedDim: 2, pairs: pairs)
        #expect(scores.recallAt1 == 1 && scores.queries == 3 && scores.candidates == 3)
    }
}
