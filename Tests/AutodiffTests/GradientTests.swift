import Autodiff
import Kernels
import Tensors
import Testing

/// An operation under test: parameters of the given shapes, and a scalar made of them.
struct GradientCase: Sendable, CustomTestStringConvertible {
    let name: String
    let shapes: [Shape]
    let loss: @Sendable (inout Tape, [Tensor]) -> Tensor
    var testDescription: String { name }
}

/// Every operation of the tape, at sizes 1, 2 and odd. A new operation is one more line.
private let cases: [GradientCase] = [
    GradientCase(name: "linear", shapes: [[5, 7], [3, 7], [3]]) { tape, p in
        tape.squares(tape.linear(p[0], weight: p[1], bias: p[2]))
    },
    GradientCase(name: "linear with gelu and residual", shapes: [[2, 19], [17, 19], [17], [2, 17]]) { tape, p in
        tape.squares(tape.linear(p[0], weight: p[1], bias: p[2], activation: .gelu, adding: p[3]))
    },
    GradientCase(name: "linear with quickGELU", shapes: [[1, 4], [9, 4]]) { tape, p in
        tape.squares(tape.linear(p[0], weight: p[1], bias: nil, activation: .quickGELU))
    },
    GradientCase(name: "linear with tanhGELU", shapes: [[1, 4], [9, 4]]) { tape, p in
        tape.squares(tape.linear(p[0], weight: p[1], bias: nil, activation: .tanhGELU))
    },
    GradientCase(name: "linear through a norm", shapes: [[5, 7], [7], [7], [9, 7], [9]]) { tape, p in
        let x = tape.gatherRows(p[0], [0, 1, 2, 3, 4]), norm = NormParameters(gain: p[1], bias: p[2])
        return tape.squares(tape.linear(x, through: norm, LinearParameters(weight: p[3], bias: p[4])))
    },
    GradientCase(name: "feed forward", shapes: [[3, 5], [5], [5], [17, 5], [17], [5, 17], [5]]) { tape, p in
        let x = tape.gatherRows(p[0], [0, 1, 2]), norm = NormParameters(gain: p[1], bias: p[2])
        let (first, second) = (LinearParameters(weight: p[3], bias: p[4]), LinearParameters(weight: p[5], bias: p[6]))
        return tape.squares(tape.feedForward(x, through: norm, first, .gelu, second, addingInput: true))
    },
    GradientCase(name: "feed forward without norm", shapes: [[2, 3], [4, 3], [4], [3, 4], [3]]) { tape, p in
        let x = tape.gatherRows(p[0], [1, 0, 1])
        let (first, second) = (LinearParameters(weight: p[1], bias: p[2]), LinearParameters(weight: p[3], bias: p[4]))
        return tape.squares(tape.feedForward(x, through: nil, first, .tanhGELU, second, addingInput: false))
    },
    GradientCase(name: "layer norm", shapes: [[5, 13], [13], [13]]) { tape, p in
        tape.squares(tape.layerNorm(p[0], gain: p[1], bias: p[2]))
    },
    GradientCase(name: "attention", shapes: [[8, 30]]) { tape, p in
        tape.squares(tape.attention(p[0], segments: Segments(lengths: [1, 2, 5]), heads: 2, causal: false))
    },
    GradientCase(name: "causal attention", shapes: [[9, 12]]) { tape, p in
        tape.squares(tape.attention(p[0], segments: Segments(lengths: [7, 2]), heads: 1, causal: true))
    },
    GradientCase(name: "self-attention", shapes: [[8, 6], [6], [6], [18, 6], [18]]) { tape, p in
        let x = tape.gatherRows(p[0], Array(0..<8)), norm = NormParameters(gain: p[1], bias: p[2])
        return tape.squares(
            tape.selfAttention(
                x, through: norm, LinearParameters(weight: p[3], bias: p[4]), segments: Segments(lengths: [1, 2, 5]),
                heads: 2, causal: false))
    },
    GradientCase(name: "causal self-attention without norm", shapes: [[5, 4], [12, 4], [12]]) { tape, p in
        let x = tape.gatherRows(p[0], [0, 1, 2, 4, 3])
        return tape.squares(
            tape.selfAttention(
                x, through: nil, LinearParameters(weight: p[1], bias: p[2]), segments: Segments(lengths: [3, 2]),
                heads: 1, causal: true))
    },
    GradientCase(name: "pooled attention", shapes: [[3, 6], [8, 12]]) { tape, p in
        tape.squares(tape.pooledAttention(p[0], p[1], segments: Segments(lengths: [1, 2, 5]), heads: 2))
    },
    GradientCase(name: "add scaled columns", shapes: [[3, 5], [5], [3, 5]]) { tape, p in
        tape.squares(tape.addScaledColumns(p[0], scale: p[1], to: p[2]))
    },
    GradientCase(name: "embed tokens", shapes: [[5, 3], [4, 3]]) { tape, p in
        tape.squares(
            tape.embedTokens([4, 0, 4, 2, 1], segments: Segments(lengths: [3, 2]), table: p[0], positions: p[1]))
    },
    GradientCase(name: "assemble patches", shapes: [[6, 5], [5], [4, 5]]) { tape, p in
        tape.squares(tape.assemblePatches(p[0], classToken: p[1], positions: p[2], batch: 2))
    },
    GradientCase(name: "assemble patches without class token", shapes: [[6, 5], [3, 5]]) { tape, p in
        tape.squares(tape.assemblePatches(p[0], classToken: nil, positions: p[1], batch: 2))
    },
    GradientCase(name: "assemble patches with registers", shapes: [[6, 5], [5], [2, 5], [4, 5]]) { tape, p in
        tape.squares(
            tape.assemblePatches(p[0], classToken: p[1], registers: p[2], positions: p[3], batch: 2))
    },
    GradientCase(name: "inner product", shapes: [[3, 4], [3, 4]]) { tape, p in tape.innerProduct(p[0], p[1]) },
    GradientCase(name: "assemble some patches", shapes: [[4, 5], [5], [4, 5]]) { tape, p in
        tape.squares(
            tape.assemblePatches(p[0], classToken: p[1], positions: p[2], batch: 2, places: [0, 2, 1, 2]))
    },
    GradientCase(name: "embed tokens of a kind", shapes: [[5, 3], [4, 3], [2, 3]]) { tape, p in
        tape.squares(
            tape.embedTokens(
                [4, 0, 4], segments: Segments(lengths: [2, 1]), table: p[0], positions: p[1], kinds: p[2]))
    },
    GradientCase(name: "embed tokens of two kinds", shapes: [[5, 3], [4, 3], [2, 3]]) { tape, p in
        tape.squares(
            tape.embedTokens(
                [4, 0, 4], segments: Segments(lengths: [2, 1]), table: p[0], positions: p[1], kinds: p[2],
                kindOf: [0, 1, 1]))
    },
    GradientCase(name: "join columns", shapes: [[3, 2], [3, 5]]) { tape, p in tape.squares(tape.joinColumns(p[0], p[1]))
    },
    GradientCase(name: "keep columns", shapes: [[3, 5]]) { tape, p in tape.squares(tape.keepColumns(p[0], 2)) },
    GradientCase(name: "gather rows", shapes: [[4, 3]]) { tape, p in tape.squares(tape.gatherRows(p[0], [3, 0, 3])) },
    GradientCase(name: "replace rows", shapes: [[4, 3], [3]]) { tape, p in
        tape.squares(tape.replaceRows(p[0], [3, 1], with: p[1]))
    },
    GradientCase(name: "replace rows of a value of the step", shapes: [[4, 3], [3]]) { tape, p in
        tape.squares(tape.replaceRows(tape.gatherRows(p[0], [2, 0, 1]), [1], with: p[1]))
    },
    GradientCase(name: "dropout of nothing, added", shapes: [[4, 3], [4, 3]]) { tape, p in
        tape.squares(tape.dropout(p[0], share: 0, segments: Segments(lengths: [1, 3]), adding: p[1]))
    },
    GradientCase(name: "mix rows", shapes: [[4, 3]]) { tape, p in
        let shares = [[RowShare(row: 3, weight: 1)], [RowShare(row: 0, weight: 0.25), RowShare(row: 3, weight: -2)]]
        return tape.squares(tape.mixRows(p[0], shares))
    },
    GradientCase(name: "mean rows", shapes: [[6, 3]]) { tape, p in
        tape.squares(tape.meanRows(p[0], segments: Segments(lengths: [1, 5])))
    },
    GradientCase(name: "normalize rows", shapes: [[3, 5], [2, 5]]) { tape, p in
        tape.squares(tape.linear(tape.normalizeRows(p[0]), weight: p[1], bias: nil))
    },
    GradientCase(name: "similarities", shapes: [[3, 5], [4, 5], []]) { tape, p in
        tape.squares(tape.similarities(p[0], p[1], logScale: p[2]))
    },
    GradientCase(name: "symmetric cross-entropy", shapes: [[5, 5]]) { tape, p in tape.symmetricCrossEntropy(p[0]) },
    GradientCase(name: "symmetric cross-entropy with ignored pairs", shapes: [[3, 3]]) { tape, p in
        tape.symmetricCrossEntropy(p[0], ignoring: [false, true, false, true, false, false, false, false, false])
    },
    GradientCase(name: "cross-entropy", shapes: [[3, 5]]) { tape, p in tape.crossEntropy(p[0], targets: [4, 0, 2]) },
    GradientCase(name: "cross-entropy with ignored columns", shapes: [[2, 3]]) { tape, p in
        tape.crossEntropy(p[0], targets: [1, 2], ignoring: [true, false, false, false, false, true])
    },
    GradientCase(name: "sigmoid cross-entropy", shapes: [[3, 3], []]) { tape, p in
        tape.sigmoidCrossEntropy(p[0], bias: p[1])
    },
    GradientCase(name: "sigmoid cross-entropy with ignored pairs", shapes: [[2, 2], []]) { tape, p in
        tape.sigmoidCrossEntropy(p[0], bias: p[1], ignoring: [false, true, false, false])
    },
    GradientCase(name: "batch norm", shapes: [[5, 3], [3], [3]]) { tape, p in
        tape.squares(tape.batchNorm(p[0], gain: p[1], bias: p[2]))
    },
    GradientCase(name: "batch norm without parameters", shapes: [[4, 2]]) { tape, p in
        tape.squares(tape.batchNorm(p[0], gain: nil, bias: nil))
    },
    GradientCase(name: "rectify", shapes: [[3, 5]]) { tape, p in
        // Away from the corner, where differences on both sides mean nothing.
        tape.squares(tape.rectify(tape.apply(Spread(x: p[0]))))
    },
    GradientCase(name: "join rows", shapes: [[2, 3], [4, 3]]) { tape, p in tape.squares(tape.joinRows(p[0], p[1])) },
    GradientCase(name: "mean squared distance", shapes: [[3, 5], [3, 5]]) { tape, p in
        tape.meanSquaredDistance(p[0], p[1])
    },
    GradientCase(name: "mean absolute distance", shapes: [[3, 5], [3, 5]]) { tape, p in
        tape.meanAbsoluteDistance(tape.apply(Spread(x: p[0])), p[1])
    },
    GradientCase(name: "add", shapes: [[3, 5], [3, 5]]) { tape, p in tape.squares(tape.add(p[0], p[1])) },
    GradientCase(name: "weighted sum", shapes: [[], []]) { tape, p in
        tape.weightedSum([(tape.squares(p[0]), 0.5), (tape.squares(p[1]), -2)])
    },
]

@Suite struct GradientTests {
    @Test(arguments: cases) func `gradient agrees with central differences`(one: GradientCase) {
        var store = ParameterStore()
        let parameters = one.shapes.enumerated().map { i, shape in
            store.declare("p\(i)", shape, .normal(deviation: 0.7), decays: false)
        }
        var tape = Tape(parameters: store, seed: 3)
        tape.begin(recording: true)
        tape.backward(from: one.loss(&tape, parameters))
        let gradients = tape.readGradients { span in span.indices.map { span[$0] } }
        let scale = gradients.map(abs).max() ?? 0
        #expect(scale > 1e-3)
        for i in 0..<store.count {
            let slope = (value(&tape, one, parameters, i, 2e-2) - value(&tape, one, parameters, i, -2e-2)) / 4e-2
            // The second difference at twice the step removes the error of third order.
            let wide = (value(&tape, one, parameters, i, 4e-2) - value(&tape, one, parameters, i, -4e-2)) / 8e-2
            let expected = (4 * slope - wide) / 3
            #expect(abs(gradients[i] - expected) < 2e-3 * max(scale, 1), "parameter \(i): \(gradients[i]), \(expected)")
        }
    }

    /// The loss with one parameter moved.
    private func value(
        _ tape: inout Tape, _ one: GradientCase, _ parameters: [Tensor], _ i: Int, _ delta: Float
    ) -> Float {
        let place = Tensor(offset: i, shape: [])
        let before = tape.scalar(place)
        tape.write(place) { $0[0] = before + delta }
        defer { tape.write(place) { $0[0] = before } }
        tape.begin(recording: false)
        let loss = one.loss(&tape, parameters)
        return tape.scalar(loss)
    }
}

extension Tape {
    /// A scalar that every float of x moves differently: `Σ_i (i mod 5 + 1)/5 · x_i²/2 + x_i/4`, as a test's loss.
    mutating func squares(_ x: Tensor) -> Tensor { apply(WeightedSquares(x: x)) }
}

/// `x/8 ± 1`, up at even places and down at odd ones.
private struct Spread: Operation {
    let x: Tensor
    var outputShape: Shape { x.shape }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        for i in y.indices { y[i] = values[x.offset + i] / 8 + (i % 2 == 0 ? 1 : -1) }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        gradients.add(to: x, from: step.y) { dy, dx in for i in dy.indices { dx[i] += dy[i] / 8 } }
    }
}

private struct WeightedSquares: Operation {
    let x: Tensor
    var outputShape: Shape { [] }

    private func weight(_ i: Int) -> Float { Float(i % 5 + 1) / 5 }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        var sum = 0.0
        for i in 0..<x.count {
            let v = values[x.offset + i]
            sum += Double(weight(i) * v * v / 2 + v / 4)
        }
        y[0] = Float(sum)
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        gradients.add(to: x, from: step.y) { dy, dx in
            for i in 0..<x.count { dx[i] += dy[0] * (weight(i) * values[x.offset + i] + 0.25) }
        }
    }
}
