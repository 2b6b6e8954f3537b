import Kernels

/// The rank, from 1, of the best right answer among the candidates that have these `scores`.
///
/// A wrong candidate with the same score stands before it or behind it with equal chance, so it counts half: a model
/// that gives all candidates one score reaches the middle rank, not the first.
func rank(ofBest right: [Int], in scores: Span<Float>) -> Double {
    var best = -Float.infinity
    for i in right where scores[i] > best { best = scores[i] }
    var better = 0, equal = 0
    for i in scores.indices {
        // NaN counts as better, so that a broken model can only look worse.
        if scores[i] == best { equal += 1 } else if !(scores[i] < best) { better += 1 }
    }
    for i in right where scores[i] == best { equal -= 1 }
    return 1 + Double(better) + Double(max(equal, 0)) / 2
}

/// The rank of the best right answer of each query, by the inner product of its row with every candidate's row.
///
/// `queries` is `[right.count, embedDim]`, `candidates` `[candidateCount, embedDim]`; the scores are made a block of
/// queries at a time, so that memory stays bounded.
func ranks(
    of queries: Span<Float>, among candidates: Span<Float>, embedDim: Int, right: [[Int]]
) -> [Double] {
    let width = candidates.count / embedDim
    var ranks: [Double] = []
    forEachScores(of: queries, among: candidates, embedDim: embedDim) { some, scores in
        ranks += parallelMap(some.count) { i in
            rank(ofBest: right[some.lowerBound + i], in: scores.extracting(i * width..<(i + 1) * width))
        }
    }
    return ranks
}
