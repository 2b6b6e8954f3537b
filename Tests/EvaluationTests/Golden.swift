import Foundation
import Tensors

/// What NumPy, SciPy and scikit-learn say; `scripts/golden/evaluation.py` wrote it and says what each name means.
struct Golden: Decodable {
    var whitening: Rows, similarity: Similarity, probe: Probe, shares: [[Double]]

    struct Rows: Decodable {
        var embedDim: Int, rows: [Float], effectiveRank: Double
    }
    struct Similarity: Decodable {
        var scores, gold: [Double], spearman, pearson: Double
    }
    struct Probe: Decodable {
        var embedDim: Int, rows, heldOut: [Float], labels, heldOutLabels, probed, neighbored: [Int]
        var loss, probeAccuracy: Double
    }

    init() throws {
        let path = #filePath.replacing("EvaluationTests/Golden.swift", with: "Fixtures/golden/evaluation.json")
        self = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: URL(filePath: path)))
    }
}

/// Near-normal numbers.
func normal(_ count: Int, seed: UInt64) -> [Float] {
    var random = SeededRandom(seed: seed, purpose: .test)
    return (0..<count).map { _ in random.normal() }
}

/// Every row divided by its length.
func unit(_ rows: [Float], _ width: Int) -> [Float] {
    var rows = rows
    for start in stride(from: 0, to: rows.count, by: width) {
        let length = rows[start..<start + width].reduce(0) { $0 + $1 * $1 }.squareRoot()
        for i in start..<start + width { rows[i] /= length }
    }
    return rows
}
