import Autodiff
import Kernels
import Tensors
import Testing

@Suite struct DropoutTests {
    /// What becomes of ones in a step, and the gradient of their sum.
    private func dropped(
        step: Int, share: Float = 0.25, recording: Bool = true, from row: Int = 0
    ) -> (y: [Float], gradient: [Float]) {
        var store = ParameterStore()
        let x = store.declare("x", [200 - row, 50], .ones, decays: false)
        let ones = store.declare("ones", [1, 50], .ones, decays: false)
        var tape = Tape(parameters: store, seed: 3)
        tape.begin(recording: recording, step: step, firstItem: row)
        let y = tape.dropout(x, share: share), values = tape.read(y) { span in span.indices.map { span[$0] } }
        guard recording else { return (values, []) }
        let sums = tape.linear(y, weight: ones, bias: nil)  // [rows, 1]
        let mean = tape.meanRows(sums, segments: Segments(count: 1, length: 200 - row))
        tape.backward(from: mean)
        return (values, tape.readGradient(x) { span in span.indices.map { span[$0] } })
    }

    @Test func `a quarter of the numbers is gone, and the mean stays`() {
        let y = dropped(step: 1).y
        #expect(abs(Double(y.count { $0 == 0 }) / 10_000 - 0.25) < 0.02)
        #expect(y.allSatisfy { $0 == 0 || abs($0 - 4 / 3) < 1e-6 })
    }

    @Test func `the gradient passes where the numbers did`() {
        let (y, gradient) = dropped(step: 1)
        #expect(zip(y, gradient).allSatisfy { abs($1 - $0 / 200) < 1e-7 })
    }

    @Test func `the same step drops the same, another step another`() {
        #expect(dropped(step: 1).y == dropped(step: 1).y)
        #expect(dropped(step: 1).y != dropped(step: 2).y)
    }

    @Test func `a part of a batch drops what the whole does there`() {
        #expect(dropped(step: 1, from: 60).y == Array(dropped(step: 1).y[(60 * 50)...]))
    }

    @Test func `a step that is not recorded drops nothing`() {
        #expect(dropped(step: 1, recording: false).y.allSatisfy { $0 == 1 })
    }

    /// What becomes of ones in sequences of the given lengths, with twos added.
    private func dropped(_ lengths: [Int], from item: Int = 0) -> [Float] {
        var store = ParameterStore()
        let rows = lengths.reduce(0, +)
        let x = store.declare("x", [rows, 20], .ones, decays: false)
        let residual = store.declare("residual", [rows, 20], .constant(2), decays: false)
        var tape = Tape(parameters: store, seed: 3)
        tape.begin(recording: true, step: 1, firstItem: item)
        let y = tape.dropout(x, share: 0.25, segments: Segments(lengths: lengths), adding: residual)
        return tape.read(y) { span in span.indices.map { span[$0] } }
    }

    @Test func `what is not dropped is added to the rest`() {
        let y = dropped([3, 5, 40])
        let kept: Float = 2 + 4 / 3, share = Double(y.count { $0 == 2 }) / Double(y.count)
        #expect(y.allSatisfy { (value: Float) -> Bool in value == 2 || abs(value - kept) < 1e-6 })
        #expect(abs(share - 0.25) < 0.06)
    }

    @Test func `a sequence drops the same wherever its rows lie, and each of its rows other numbers`() {
        let y = dropped([3, 5, 2]), behindLonger = dropped([7, 5, 2])
        #expect(dropped([5, 2], from: 1) == Array(y[60...]))
        #expect(Array(behindLonger[140..<240]) == Array(y[60..<160]))
        let rows: [[Float]] = (0..<10).map { row in Array(y[row * 20..<(row + 1) * 20]) }
        #expect(Set(rows).count == 10)
    }
}
