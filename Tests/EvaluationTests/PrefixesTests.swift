import Testing

@testable import Evaluation

@Suite struct PrefixesTests {
    @Test func `the first numbers of a row become a row of length one`() {
        let rows: [Float] = [3, 4, 12, 0, 0, 5]
        #expect(unitPrefixes(of: rows.span, embedDim: 3, length: 2) == [0.6, 0.8, 0, 0])
        let labelled = LabelledRows(rows, labels: [1, 0], embedDim: 3).prefix(1)
        #expect(labelled.rows == [1, 0] && labelled.labels == [1, 0] && labelled.embedDim == 1)
    }

    @Test func `some of many rows are spread over all of them`() {
        let rows = LabelledRows((0..<10).map { Float($0) }, labels: Array(0..<10), embedDim: 1)
        #expect(rows.spread(4).labels == [0, 2, 5, 7] && rows.spread(4).rows == [0, 2, 5, 7])
        #expect(rows.spread(10).labels.count == 10)
    }

    @Test func `a probe ends after so many steps as it is given`() {
        let rows = (0..<40).map { Float(($0 * 7) % 13) - 6 }
        let known = LabelledRows(rows, labels: (0..<20).map { $0 % 2 }, embedDim: 2)
        #expect(LinearProbe(known, steps: 3).steps <= 3)
    }
}
