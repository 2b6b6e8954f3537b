import Autodiff
import Layers
import Tensors
import Testing

@testable import Towers

/// What a model gives before its embeddings, and models of one tower.
@Suite struct TowerRowsTests {
    private static let tokens: [Int32] = [18, 1, 7, 19, 18, 19, 18, 4, 4, 5, 19]
    private static let segments = Segments(lengths: [4, 2, 5])

    private static func plan(
        image: ImagePooling = .classToken, text: TextPooling = .last, causal: Bool = true
    ) -> ModelPlan {
        var plan = ModelTests.small().plan
        (plan.vision.pooling, plan.text.pooling, plan.text.blocks.causal) = (image, text, causal)
        return plan
    }

    private static func pictures(_ count: Int, seed: UInt64 = 5, on tape: inout Tape) -> Tensor {
        var random = SeededRandom(seed: seed, purpose: .test)
        return tape.input([count * 4, 192]) { for i in $0.indices { $0[i] = random.normal() } }
    }

    @Test(arguments: ImagePooling.allCases) func `pooled rows of pictures are their features`(pooling: ImagePooling)
        throws
    {
        var store = ParameterStore()
        let model = Model(Self.plan(image: pooling), in: &store)
        var tape = Tape(parameters: store, seed: 3)
        for recording in [true, false] {
            tape.begin(recording: recording)
            let input = Self.pictures(3, on: &tape)
            let features = model.features(patches: input, batch: 3, on: &tape)
            let rows = model.rows(patches: input, batch: 3, on: &tape)
            #expect(rows.tensor.shape == [15, 24] && rows.extra == 1)
            let pooled = try #require(model.vision).pool(rows.tensor, rows.segments, on: &tape)
            #expect(features.shape == [3, model.plan.featureWidth(.image)])
            #expect(relativeError(floats(pooled, of: tape), floats(features, of: tape)) < 1e-5)
        }
    }

    @Test(arguments: TextPooling.allCases, [true, false])
    func `pooled rows of texts are their features`(pooling: TextPooling, causal: Bool) throws {
        guard !(pooling == .first && causal) else { return }
        var store = ParameterStore()
        let model = Model(Self.plan(text: pooling, causal: causal), in: &store)
        var tape = Tape(parameters: store, seed: 3)
        tape.begin(recording: true)
        let features = model.features(tokens: Self.tokens, segments: Self.segments, on: &tape)
        let rows = model.rows(tokens: Self.tokens, segments: Self.segments, on: &tape)
        let pooled = try #require(model.text).pool(rows.tensor, rows.segments, on: &tape)
        #expect(rows.tensor.shape == [11, 16] && features.shape == [3, 16])
        #expect(relativeError(floats(pooled, of: tape), floats(features, of: tape)) < 1e-5)
    }

    @Test func `attention pooling begins as the mean, and learns`() throws {
        var store = ParameterStore(), others = ParameterStore()
        let model = Model(Self.plan(text: .attention), only: .text, in: &store)
        let mean = Model(Self.plan(text: .mean), only: .text, in: &others)
        var tape = Tape(parameters: store, seed: 3)
        tape.begin(recording: true)
        let rows = model.rows(tokens: Self.tokens, segments: Self.segments, on: &tape)
        let pooled = try #require(model.text).pool(rows.tensor, rows.segments, on: &tape)
        let means = try #require(mean.text).pool(rows.tensor, rows.segments, on: &tape)
        #expect(relativeError(floats(pooled, of: tape), floats(means, of: tape)) < 1e-6)
        let first = tape.gatherRows(rows.tensor, [1, 4, 8])
        tape.backward(from: tape.meanSquaredDistance(pooled, first))
        let query = try #require(store.parameters.first { $0.name == "text_model.pooling.query" }).tensor
        #expect(tape.readGradient(query) { span in span.indices.contains { abs(span[$0]) > 1e-6 } })
    }

    @Test(arguments: TowerSide.allCases) func `a tower alone declares its own parameters and no others`(side: TowerSide)
    {
        var store = ParameterStore(), whole = ParameterStore()
        let model = Model(Self.plan(), only: side, in: &store)
        _ = Model(Self.plan(), in: &whole)
        #expect(store.parameters.map(\.name) == whole.parameters.map(\.name).filter { $0.hasPrefix(side.prefix) })
        #expect(
            !model.hasLogitScale && model.layers(of: side).isEmpty && model.embedDim(side) == (side == .image ? 24 : 16)
        )
        var scaled = ParameterStore()
        #expect(Model(Self.plan(), only: side, hasLogitScale: true, in: &scaled).hasLogitScale)
        #expect(scaled.count == store.count + 1)
    }

    @Test func `the embedding of a tower alone is its features, of length one`() {
        var store = ParameterStore()
        let model = Model(Self.plan(), only: .text, in: &store)
        var tape = Tape(parameters: store, seed: 3)
        let embedding = floats(model.embed(tokens: Self.tokens, segments: Self.segments, on: &tape), of: tape)
        let features = model.features(tokens: Self.tokens, segments: Self.segments, on: &tape)
        #expect(embedding == floats(tape.normalizeRows(features), of: tape))
        #expect(model.tokenTable.shape == [20, 16])
    }

    @Test func `what is masked does not show, and its row learns`() {
        var store = ParameterStore()
        let model = Model(Self.plan(image: .mean), only: .image, in: &store)
        let row = store.declare("mask", [24], .normal(deviation: 1), decays: false)
        var tape = Tape(parameters: store, seed: 3)
        func rows(_ masked: [Int], seed: UInt64, hiding: [Int] = []) -> [Float] {
            tape.begin(recording: true)
            var random = SeededRandom(seed: seed, purpose: .test)
            let input = tape.input([8, 192]) { span in
                for i in span.indices { span[i] = hiding.contains(i / 192) ? Float(i % 7) : random.normal() }
            }
            let all = model.rows(
                patches: input, masked: MaskedPatches(rows: masked, row: row), batch: 2, on: &tape)
            let values = floats(all.tensor, of: tape)
            tape.backward(from: tape.innerProduct(all.tensor, tape.gatherRows(all.tensor, Array(0..<10).reversed())))
            return values
        }
        // Numbers are drawn in order, so that only the last rows are replaced by others.
        #expect(rows([6, 7], seed: 5) == rows([6, 7], seed: 5, hiding: [6, 7]))
        #expect(rows([6], seed: 5) != rows([6], seed: 5, hiding: [6, 7]))
        #expect(rows([6], seed: 5) != rows([], seed: 5))
        _ = rows([6], seed: 5)
        #expect(tape.readGradient(row) { span in span.indices.contains { abs(span[$0]) > 1e-6 } })
    }

    @Test func `two passes under dropout differ, and a step repeats itself`() {
        var store = ParameterStore()
        let model = Model(Self.plan(text: .mean), only: .text, in: &store)
        var tape = Tape(parameters: store, seed: 3)
        func passes(step: Int, recording: Bool = true) -> [[Float]] {
            tape.begin(recording: recording, step: step)
            return (0..<2).map { _ in
                floats(
                    model.features(tokens: Self.tokens, segments: Self.segments, dropout: 0.1, on: &tape), of: tape)
            }
        }
        let first = passes(step: 1)
        #expect(first[0] != first[1])
        #expect(first == passes(step: 1) && first != passes(step: 2))
        #expect(relativeError(first[0], first[1]) < 1)
        let plain = passes(step: 1, recording: false)
        #expect(plain[0] == plain[1])
        tape.begin(recording: true)
        let without = floats(model.features(tokens: Self.tokens, segments: Self.segments, on: &tape), of: tape)
        #expect(relativeError(plain[0], without) < 1e-5)
    }

    @Test(arguments: [TextPooling.last, .mean]) func `a part of a batch drops what the whole does`(pooling: TextPooling)
    {
        var store = ParameterStore()
        let model = Model(Self.plan(text: pooling), only: .text, in: &store)
        var tape = Tape(parameters: store, seed: 3)
        tape.begin(recording: true, step: 4)
        let whole = floats(
            model.features(tokens: Self.tokens, segments: Self.segments, dropout: 0.2, on: &tape), of: tape)
        tape.begin(recording: true, step: 4, firstItem: 1)
        let part = floats(
            model.features(
                tokens: Array(Self.tokens[4...]), segments: Segments(lengths: [2, 5]), dropout: 0.2, on: &tape),
            of: tape)
        #expect(relativeError(part, Array(whole[16...])) < 1e-6)
    }

    @Test func `gradients pass dropout in blocks as central differences say`() throws {
        var store = ParameterStore()
        let model = Model(Self.plan(image: .mean), only: .image, in: &store)
        var tape = Tape(parameters: store, seed: 3)
        func loss() -> Float {
            tape.begin(recording: true, step: 2)
            let rows = model.features(patches: Self.pictures(2, on: &tape), batch: 2, dropout: 0.2, on: &tape)
            let loss = tape.innerProduct(rows, tape.gatherRows(rows, [1, 0]))
            tape.backward(from: loss)
            return tape.scalar(loss)
        }
        _ = loss()
        let part = "encoder.layers.0.mlp.fc2.bias"
        let bias = try #require(store.parameters.first { $0.name.hasSuffix(part) }).tensor
        let gradient = tape.readGradient(bias) { $0[3] }
        func moved(_ by: Float) -> Float {
            tape.write(bias) { $0[3] += by }
            defer { tape.write(bias) { $0[3] -= by } }
            return loss()
        }
        let slope = (moved(0.01) - moved(-0.01)) / 0.02
        #expect(abs(gradient - slope) < 1e-2 * max(abs(slope), 1), "\(gradient), \(slope)")
    }
}
