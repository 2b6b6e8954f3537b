import Autodiff
import Kernels
import Tensors
import Testing

@Suite(.serialized) struct TapeTests {
    /// Gradients of a small network with every parallel operation in it.
    private func gradients(threads: Int, learning: [Range<Int>]? = nil) -> [Float] {
        let before = threadCount
        setThreadCount(threads)
        defer { setThreadCount(before) }
        var store = ParameterStore()
        let w = store.declare("w", [96, 32], .normal(deviation: 0.2), decays: true)
        let b = store.declare("b", [96], .zeros, decays: false)
        let gain = store.declare("gain", [32], .ones, decays: false)
        let bias = store.declare("bias", [32], .zeros, decays: false)
        let out = store.declare("out", [32, 32], .normal(deviation: 0.2), decays: true)
        var tape = Tape(parameters: store, seed: 1)
        if let learning { tape.learn(learning) }
        tape.begin(recording: true)
        let x = tape.input([700, 32]) { span in
            var random = SeededRandom(seed: 2, purpose: .test)
            for i in span.indices { span[i] = random.normal() }
        }
        let segments = Segments(count: 14, length: 50)
        let h = tape.layerNorm(x, gain: gain, bias: bias)
        let a = tape.attention(tape.linear(h, weight: w, bias: b), segments: segments, heads: 4, causal: true)
        let y = tape.linear(a, weight: out, bias: nil, activation: .gelu, adding: x)
        let rows = tape.normalizeRows(tape.meanRows(y, segments: segments))
        let scale = tape.input([]) { $0[0] = 2 }
        tape.backward(from: tape.symmetricCrossEntropy(tape.similarities(rows, rows, logScale: scale)))
        return tape.readGradients { span in span.indices.map { span[$0] } }
    }

    @Test func `gradients are the same bits for 1, 2 and 7 threads`() {
        let one = gradients(threads: 1)
        #expect(one.contains { $0 != 0 })
        #expect(gradients(threads: 2) == one)
        #expect(gradients(threads: 7) == one)
    }

    @Test func `a matrix that stays as it is gets no gradient, and the others the same`() {
        let all = gradients(threads: 2), first = 96 * 32, norms = first + 96..<first + 96 + 64
        let some = gradients(threads: 2, learning: [norms])
        #expect(some[norms].elementsEqual(all[norms]))
        #expect(all[..<first].contains { $0 != 0 } && some[..<first].allSatisfy { $0 == 0 })
        #expect(some[norms.upperBound...].allSatisfy { $0 == 0 })
    }

    @Test func `forgetting moves what is kept and changes no value`() {
        var tape = Tape(parameters: ParameterStore(), seed: 0)
        tape.begin(recording: false)
        let mark = tape.mark
        let x = tape.input([100]) { for i in $0.indices { $0[i] = Float(i) } }
        let y = tape.apply(Doubled(x: x))
        let kept = tape.release(to: mark, keeping: y)
        #expect(kept.offset == x.offset)
        tape.read(kept) { span in #expect(span[7] == 14 && span[99] == 198) }
    }

    @Test func `adjacent parameters join`() {
        var store = ParameterStore()
        let q = store.declare("q", [4, 4], .zeros, decays: true), k = store.declare("k", [2, 4], .zeros, decays: true)
        #expect(store.joined([q, k]) == Tensor(offset: 0, shape: [6, 4]))
    }
}

private struct Doubled: Operation {
    let x: Tensor
    var outputShape: Shape { x.shape }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        for i in 0..<x.count { y[i] = 2 * values[x.offset + i] }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        gradients.add(to: x, from: step.y) { dy, dx in addScaled(2, dy, to: &dx) }
    }
}
