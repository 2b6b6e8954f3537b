import Autodiff
import Kernels
import Processor
import Tensors
import Testing

/// What is done at once beside what is done one operation after the other, with more rows than one chunk and edges
/// everywhere. Serialized, since it changes the threads in use.
@Suite(.serialized) struct BlockTests {
    private static let width = 20, hidden = 70, outputs = 37

    /// Sequences of 1, 2, …, 70 tokens, again and again.
    private static func lengths(of rows: Int) -> [Int] {
        var left = rows, lengths: [Int] = []
        while left > 0 {
            lengths.append(min(left, lengths.count % 70 + 1))
            left -= lengths[lengths.count - 1]
        }
        return lengths
    }

    private struct Found: Equatable { var output: [Float], gradients: [Float] }

    private func run(rows: Int, fused: Bool, threads: Int = 2, recording: Bool = true) -> Found {
        let before = threadCount
        setThreadCount(threads)
        defer { setThreadCount(before) }
        let (width, hidden, outputs) = (Self.width, Self.hidden, Self.outputs)
        var store = ParameterStore()
        func matrix(_ name: String, _ shape: Shape, in store: inout ParameterStore) -> LinearParameters {
            LinearParameters(
                weight: store.declare("\(name).weight", shape, .normal(deviation: 0.2), decays: true),
                bias: store.declare("\(name).bias", [shape[0]], .normal(deviation: 0.2), decays: false))
        }
        let rowsGiven = store.declare("x", [rows, width], .normal(deviation: 1), decays: false)
        let gain = store.declare("gain", [width], .normal(deviation: 1), decays: false)
        let bias = store.declare("bias", [width], .normal(deviation: 1), decays: false)
        let inner = matrix("inner", [3 * width, width], in: &store)
        let first = matrix("first", [hidden, width], in: &store),
            second = matrix("second", [width, hidden], in: &store)
        let last = matrix("last", [outputs, width], in: &store)
        var tape = Tape(parameters: store, seed: 5)
        tape.begin(recording: recording)
        let x = tape.gatherRows(rowsGiven, Array(0..<rows)), norm = NormParameters(gain: gain, bias: bias)
        let segments = Segments(lengths: Self.lengths(of: rows))
        let y: Tensor
        if fused {
            let mixed = tape.selfAttention(x, through: norm, inner, segments: segments, heads: 2, causal: true)
            y = tape.linear(
                tape.feedForward(mixed, through: norm, first, .gelu, second, addingInput: true), through: norm, last)
        } else {
            let qkv = tape.linear(tape.layerNorm(x, gain: gain, bias: bias), inner)
            let mixed = tape.attention(qkv, segments: segments, heads: 2, causal: true)
            let h = tape.linear(tape.layerNorm(mixed, gain: gain, bias: bias), first, activation: .gelu)
            y = tape.linear(
                tape.layerNorm(tape.linear(h, second, adding: mixed), gain: gain, bias: bias), last)
        }
        let output = tape.read(y) { span in span.indices.map { span[$0] } }
        guard recording else { return Found(output: output, gradients: []) }
        tape.backward(from: tape.squares(y))
        return Found(output: output, gradients: tape.readGradients { span in span.indices.map { span[$0] } })
    }

    @Test(arguments: InstructionLevel.available, [1, 23, 400, 2400])
    func `rows that pass at once give what they give step by step`(level: String, rows: Int) {
        InstructionLevel.with(level) {
            let fused = run(rows: rows, fused: true), apart = run(rows: rows, fused: false)
            #expect(difference(fused.output, apart.output) < 1e-5)
            #expect(difference(fused.gradients, apart.gradients) < 1e-5)
            #expect(run(rows: rows, fused: true, recording: false).output == fused.output)
        }
    }

    @Test(arguments: [1, 30, 400, 2400]) func `threads do not change a bit`(rows: Int) {
        let one = run(rows: rows, fused: true, threads: 1)
        for threads in [2, 7] { #expect(run(rows: rows, fused: true, threads: threads) == one) }
    }

    /// The greatest difference, as a share of the greatest value.
    private func difference(_ a: [Float], _ b: [Float]) -> Float {
        (zip(a, b).map { abs($0 - $1) }.max() ?? 0) / max(b.map(abs).max() ?? 0, 1e-9)
    }
}

extension Tape {
    fileprivate mutating func linear(
        _ x: Tensor, _ layer: LinearParameters, activation: Activation = .none, adding residual: Tensor? = nil
    ) -> Tensor {
        linear(x, weight: layer.weight, bias: layer.bias, activation: activation, adding: residual)
    }
}
