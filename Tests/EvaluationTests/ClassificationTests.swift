import Kernels
import Tensors
import Testing

@testable import Evaluation

@Suite struct ClassificationTests {
    @Test func `nearest neighbours name the classes that scikit-learn's name`() throws {
        let golden = try Golden().probe, width = golden.embedDim
        let known = LabelledRows(unit(golden.rows, width), labels: golden.labels, embedDim: width)
        let asked = LabelledRows(unit(golden.heldOut, width), labels: golden.heldOutLabels, embedDim: width)
        let named = KNearestNeighbors().classes(of: asked.rows.span, among: known)
        #expect(named == golden.neighbored)
        let report = KNearestNeighbors().report(of: asked, among: known)
        #expect(report.queries == 200 && report.candidates == 160 && report.classes == 4)
        #expect(report.accuracyInterval.lower < report.accuracy && report.accuracy < report.accuracyInterval.upper)
        #expect(report.accuracy > 1.5 * report.chance)
    }

    @Test func `neighbours are ordered by score, and equal ones by row`() {
        let rows: [Float] = [1, 0, 0, 1, 1, 0, 0.6, 0.8, .nan, 0]
        let query: [Float] = [1, 0]
        let found = nearestNeighbors(5, of: query.span, among: rows.span, embedDim: 2)
        #expect(found[0].map(\.row) == [0, 2, 3, 1, 4])
        let others = nearestNeighbors(2, of: query.span, among: rows.span, embedDim: 2, excluding: [0])
        #expect(others[0].map(\.row) == [2, 3])
        #expect(nearestNeighbors(0, of: query.span, among: rows.span, embedDim: 2)[0].isEmpty)
    }

    @Test func `of equal votes the lower class wins`() {
        let known = LabelledRows([0.6, 0.8, 0.6, -0.8], labels: [1, 0], embedDim: 2)
        let query: [Float] = [1, 0]
        #expect(KNearestNeighbors().classes(of: query.span, among: known) == [0])
    }

    @Test func `a probe is as good as scikit-learn's, and reaches the same loss`() throws {
        let golden = try Golden().probe, width = golden.embedDim
        let probe = LinearProbe(LabelledRows(golden.rows, labels: golden.labels, embedDim: width))
        #expect(abs(probe.loss - golden.loss) < 1e-5)
        let named = probe.classes(of: golden.heldOut.span)
        #expect(zip(named, golden.probed).count { $0 != $1 } <= 1)
        let report = probe.report(
            of: LabelledRows(golden.heldOut, labels: golden.heldOutLabels, embedDim: width), candidates: 160)
        #expect(abs(report.accuracy - golden.probeAccuracy) <= 0.005)
    }

    @Test func `the gradient of logistic regression agrees with central differences`() {
        let x = (0..<30).flatMap { (row: UInt64) -> [Float] in normal(4, seed: row) + [1] }
        let regression = LogisticRegression(
            x: x, labels: (0..<30).map { $0 * 7 % 3 }, width: 5, classes: 3, regularization: 0.5)
        let weights = normal(15, seed: 99).map { Double($0) }, gradient = regression.value(at: weights).gradient
        for i in weights.indices {
            var (less, more) = (weights, weights)
            less[i] -= 0.01
            more[i] += 0.01
            let slope = (regression.value(at: more).value - regression.value(at: less).value) / 0.02
            #expect(abs(slope - gradient[i]) < 1e-4, "\(i)")
        }
    }

    @Test func `L-BFGS finds the bottom of a long valley`() {
        // Rosenbrock's function: 0 at (1, 1).
        let found = LimitedMemoryBFGS(limit: 500, tolerance: 1e-10).minimise(from: [-1.2, 1]) { p in
            let a = 1 - p[0], b = p[1] - p[0] * p[0]
            return (a * a + 100 * b * b, [-2 * a - 400 * p[0] * b, 200 * b])
        }
        #expect(abs(found.point[0] - 1) < 1e-8 && abs(found.point[1] - 1) < 1e-8 && found.steps < 100)
    }

    @Test func `one thread and five learn the same probe, and a feature that does not vary is harmless`() {
        let before = threadCount
        defer { setThreadCount(before) }
        let rows = (0..<300).flatMap { (row: UInt64) -> [Float] in normal(6, seed: row) + [0.25] }
        let known = LabelledRows(rows, labels: (0..<300).map { rows[$0 * 7] > 0 ? 1 : 0 }, embedDim: 7)
        let weights = [1, 5].map { threads in
            setThreadCount(threads)
            return LinearProbe(known).weights
        }
        #expect(weights[0] == weights[1] && weights[0].allSatisfy(\.isFinite))
        let report = LinearProbe(known).report(of: known, candidates: 300)
        #expect(report.accuracy > 0.95 && report.chance < 0.6)
    }
}
