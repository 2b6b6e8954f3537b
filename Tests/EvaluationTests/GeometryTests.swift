import Foundation
import Testing

@testable import Evaluation

@Suite struct GeometryTests {
    @Test func `alignment is the mean squared distance of pairs, and chance that of others`() {
        let first: [Float] = [1, 0, 0, 1], second: [Float] = [0.6, 0.8, 0, 1]
        let report = Alignment(first.span, second.span, embedDim: 2)
        #expect(abs(report.alignment - 0.4) < 1e-6 && report.pairs == 2)  // 0.8 and 0
        #expect(abs(report.chance - 1.2) < 1e-6)  // 2 and 0.4
        #expect(report.alignmentInterval.lower < 1e-6 && abs(report.alignmentInterval.upper - 0.8) < 1e-6)
    }

    @Test func `uniformity compares all pairs`() {
        let rows = unit(normal(40 * 5, seed: 3), 5)
        var sum = 0.0
        for i in 0..<40 {
            for j in 0..<i {
                let distance = (0..<5).reduce(0.0) { $0 + pow(Double(rows[i * 5 + $1] - rows[j * 5 + $1]), 2) }
                sum += exp(-2 * distance)
            }
        }
        #expect(abs(Uniformity(rows.span, embedDim: 5).uniformity - log(sum / 780)) < 1e-5)
    }

    @Test func `a collapse has uniformity 0, and an even spread that of chance`() {
        let same = [Float](repeating: 0.5, count: 40)
        #expect(abs(Uniformity(same.span, embedDim: 4).uniformity) < 1e-6)
        let even = Uniformity(unit(normal(1500 * 12, seed: 5), 12).span, embedDim: 12)
        #expect(abs(even.uniformity - even.chance) < 0.02, "\(even)")
        #expect(Uniformity(same.span.extracting(0..<4), embedDim: 4).uniformity == 0)
        // In three dimensions the mean of exp(4c) is sinh(4) / 4.
        #expect(abs(Uniformity.even(3) - (log(sinh(4.0) / 4) - 4)) < 1e-12)
    }

    @Test func `the effective rank is that of NumPy's singular values`() throws {
        let golden = try Golden().whitening
        let report = EffectiveRank(golden.rows.span, embedDim: golden.embedDim)
        #expect(abs(report.effectiveRank - golden.effectiveRank) < 1e-6 && report.limit == 6 && report.vectors == 40)
    }

    @Test func `rows along every axis have full rank, equal ones have rank one, zeros none`() {
        let axes = (0..<49).map { Float($0 / 7 == $0 % 7 ? 1 : 0) }
        #expect(abs(EffectiveRank(axes.span, embedDim: 7).effectiveRank - 7) < 1e-9)
        let same = [Float](repeating: 0.5, count: 40)
        #expect(abs(EffectiveRank(same.span, embedDim: 4).effectiveRank - 1) < 1e-6)
        #expect(EffectiveRank([Float](repeating: 0, count: 8).span, embedDim: 4).effectiveRank == 0)
    }

    @Test func `the modality gap is the distance of means, and small where kinds are dealt by lot`() {
        let first: [Float] = [1, 0, 1, 0], second: [Float] = [0, 1]
        let report = ModalityGap(first.span, second.span, embedDim: 2)
        #expect(abs(report.gap - 2.0.squareRoot()) < 1e-12 && report.first == 2 && report.second == 1)
        let rows = unit(normal(2000 * 8, seed: 1), 8).span
        let dealt = ModalityGap(rows.extracting(0..<8000), rows.extracting(8000..<16000), embedDim: 8)
        #expect(dealt.gap < 2 * dealt.chance && dealt.gap > 0.3 * dealt.chance)
    }

    @Test func `the deviation of a dimension tells a collapse from a spread`() {
        let spread = Collapse(unit(normal(800 * 16, seed: 2), 16).span, embedDim: 16)
        #expect(abs(spread.deviation - 0.25) < 0.01 && spread.chance == 0.25 && abs(spread.meanCosine) < 0.01)
        let same = Collapse([Float](repeating: 0.5, count: 40).span, embedDim: 4)
        #expect(same.deviation < 1e-7 && abs(same.meanCosine - 1) < 1e-6)
    }

    @Test func `neighbours that stay are counted`() {
        func list(_ rows: [Int]) -> [Neighbor] { rows.map { Neighbor(row: $0, score: 0) } }
        let report = NeighborRecall(
            [list([1, 2]), list([3, 4])], [list([2, 1]), list([3, 9])], candidates: 20)
        #expect(report.recall == 0.75 && report.k == 2 && report.queries == 2 && report.chance == 0.1)
        #expect(report.recallInterval.lower == 0.5 && report.recallInterval.upper == 1)
    }
}
