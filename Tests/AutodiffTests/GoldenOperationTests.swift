import Autodiff
import Foundation
import Kernels
import Processor
import Tensors
import Testing

/// What PyTorch gives for single operations; `scripts/golden/ops.py` wrote it and says what each name means.
private struct Golden: Decodable {
    var cases: [Case]

    struct Floats: Decodable, Sendable {
        var shape: [Int], values: [Float]

        private enum Key: String, CodingKey { case shape, values }

        /// Numbers pass through `Double`: Foundation calls some that are written for a `Float` no JSON.
        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            shape = try fields.decode([Int].self, forKey: .shape)
            values = try fields.decode([Double].self, forKey: .values).map { Float($0) }
        }
    }

    struct Settings: Decodable, Sendable {
        var activation: String?, epsilon: Double?, lengths: [Int]?, heads: Int?, causal: Bool?, ids: [Int32]?
        var batch: Int?, rows: [Int]?, ignoring: [Bool]?, adding: Bool?, weights: [Double]?
        var targets: [Int32]?
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        var name: String, operation: String, settings: Settings
        var inputs: [String: Floats], output: Floats, upstream: Floats, gradients: [String: Floats]
        var testDescription: String { "\(operation), \(name)" }
    }

    static let all: [Case] = {
        let path = #filePath.replacing("AutodiffTests/GoldenOperationTests.swift", with: "Fixtures/golden/ops.json")
        do {
            return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: URL(filePath: path))).cases
        } catch {
            Issue.record("cannot read \(path): \(error)")
            return []
        }
    }()
}

@Suite struct GoldenOperationTests {
    @Test func `there are golden numbers for every operation`() {
        #expect(Set(Golden.all.map(\.operation)).count == 27)
    }

    @Test(arguments: InstructionLevel.available, Golden.all)
    fileprivate func `an operation agrees with PyTorch`(level: String, golden: Golden.Case) throws {
        try InstructionLevel.with(level) { try expectAgreement(golden) }
    }

    private func expectAgreement(_ golden: Golden.Case) throws {
        var store = ParameterStore(), inputs: [String: Tensor] = [:]
        for (name, floats) in golden.inputs.sorted(by: { $0.key < $1.key }) {
            inputs[name] = store.declare(name, Shape(floats.shape), .zeros, decays: false)
        }
        var tape = Tape(parameters: store, seed: 0)
        for (name, floats) in golden.inputs {
            tape.write(try #require(inputs[name])) { for i in $0.indices { $0[i] = floats.values[i] } }
        }
        tape.begin(recording: true)
        let y = try apply(golden, inputs, on: &tape)
        #expect(y.shape.axes == golden.output.shape)
        expect(tape.read(y, floats), near: golden.output.values, "output")
        tape.backward(from: tape.apply(DotProduct(x: y, upstream: golden.upstream.values)))
        for (name, expected) in golden.gradients {
            expect(tape.readGradient(try #require(inputs[name]), floats), near: expected.values, name)
        }
    }

    private func floats(_ span: Span<Float>) -> [Float] { span.indices.map { span[$0] } }

    private func expect(_ found: [Float], near expected: [Float], _ name: String) {
        let scale = max(expected.map(abs).max() ?? 0, 1)
        #expect(found.count == expected.count)
        for i in expected.indices where !(abs(found[i] - expected[i]) <= 2e-5 * scale) {
            Issue.record("\(name)[\(i)]: \(found[i]), PyTorch has \(expected[i])")
            return
        }
    }

    private func apply(_ golden: Golden.Case, _ p: [String: Tensor], on tape: inout Tape) throws -> Tensor {
        let s = golden.settings
        func input(_ name: String) throws -> Tensor { try #require(p[name]) }
        func segments() throws -> Segments { Segments(lengths: try #require(s.lengths)) }
        func activation() throws -> Activation {
            let activations: [String: Activation] = [
                "none": .none, "gelu": .gelu, "quickGELU": .quickGELU, "tanhGELU": .tanhGELU,
            ]
            return try #require(activations[s.activation ?? ""])
        }
        func norm() -> NormParameters? {
            guard let gain = p["gain"], let bias = p["bias"] else { return nil }
            return NormParameters(gain: gain, bias: bias)
        }
        func layer(_ weight: String, _ bias: String) throws -> LinearParameters {
            LinearParameters(weight: try input(weight), bias: try input(bias))
        }
        /// The input as a value of the step.
        func x() throws -> Tensor { tape.gatherRows(try input("x"), Array(0..<(try input("x").rowCount))) }
        switch golden.operation {
        case "linear":
            return tape.linear(
                try input("x"), weight: try input("weight"), bias: p["bias"], activation: try activation(),
                adding: p["residual"])
        case "normedLinear":
            return tape.linear(try x(), through: try #require(norm()), try layer("weight", "outerBias"))
        case "selfAttention":
            return tape.selfAttention(
                try x(), through: norm(), try layer("weight", "outerBias"), segments: try segments(),
                heads: try #require(s.heads), causal: s.causal == true)
        case "feedForward":
            return tape.feedForward(
                try x(), through: norm(), try layer("firstWeight", "firstBias"), try activation(),
                try layer("secondWeight", "secondBias"), addingInput: s.adding == true)
        case "layerNorm":
            return tape.layerNorm(
                try input("x"), gain: try input("gain"), bias: try input("bias"),
                epsilon: Float(try #require(s.epsilon)))
        case "attention":
            return tape.attention(
                try input("qkv"), segments: try segments(), heads: try #require(s.heads),
                causal: s.causal == true)
        case "pooledAttention":
            return tape.pooledAttention(
                try input("queries"), try input("keysAndValues"), segments: try segments(),
                heads: try #require(s.heads))
        case "embedTokens":
            return tape.embedTokens(
                try #require(s.ids), segments: try segments(), table: try input("table"),
                positions: try input("positions"), kinds: p["kinds"])
        case "assemblePatches":
            return tape.assemblePatches(
                try input("patches"), classToken: p["classToken"], registers: p["registers"],
                positions: try input("positions"), batch: try #require(s.batch), places: s.rows)
        case "addScaledColumns":
            return tape.addScaledColumns(try input("x"), scale: try input("scale"), to: try input("residual"))
        case "joinColumns": return tape.joinColumns(try input("a"), try input("b"))
        case "gatherRows": return tape.gatherRows(try input("x"), try #require(s.rows))
        case "replaceRows": return tape.replaceRows(try input("x"), try #require(s.rows), with: try input("row"))
        case "mixRows":
            let terms = zip(try #require(s.rows), try #require(s.weights)).map { RowShare(row: $0, weight: Float($1)) }
            return tape.mixRows(
                try input("x"), [Array(terms.prefix(terms.count / 2)), Array(terms.suffix(terms.count / 2))])
        case "meanRows": return tape.meanRows(try input("x"), segments: try segments())
        case "normalizeRows": return tape.normalizeRows(try input("x"))
        case "similarities":
            return tape.similarities(try input("a"), try input("b"), logScale: try input("logScale"))
        case "innerProduct": return tape.innerProduct(try input("a"), try input("b"))
        case "meanSquaredDistance": return tape.meanSquaredDistance(try input("a"), try input("b"))
        case "crossEntropy":
            return tape.crossEntropy(
                try input("logits"), targets: try #require(s.targets), ignoring: try #require(s.ignoring))
        case "sigmoidCrossEntropy":
            return tape.sigmoidCrossEntropy(
                try input("logits"), bias: try input("bias"), ignoring: try #require(s.ignoring))
        case "batchNorm": return tape.batchNorm(try input("x"), gain: p["gain"], bias: p["bias"])
        case "rectify": return tape.rectify(try input("x"))
        case "meanAbsoluteDistance": return tape.meanAbsoluteDistance(try input("a"), try input("b"))
        case "add": return tape.add(try input("a"), try input("b"))
        case "joinRows": return tape.joinRows(try input("a"), try input("b"))
        default: return tape.symmetricCrossEntropy(try input("logits"), ignoring: try #require(s.ignoring))
        }
    }
}

/// `Σ upstream·x`: makes `upstream` the gradient of x.
private struct DotProduct: Autodiff.Operation {
    let x: Tensor
    let upstream: [Float]
    var outputShape: Shape { [] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        y[0] = dot(values.extracting(x.range), upstream.span)
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        gradients.add(to: x, from: step.y) { dy, dx in addScaled(dy[0], upstream.span, to: &dx) }
    }
}
