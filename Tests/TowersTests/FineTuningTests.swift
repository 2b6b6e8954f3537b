import Autodiff
import Kernels
import Layers
import Tensors
import Testing

@testable import Towers

/// How towers that come trained go on learning.
@Suite struct FineTuningTests {
    private func plan() throws -> ModelPlan {
        var model = try ModelConfiguration(named: "vit-pico-8-64")
        (model.vision.layers, model.text.layers, model.vision.imageSize) = (3, 2, 16)
        (model.text.vocabSize, model.text.contextLength) = (10, 6)
        return model.plan
    }

    private let both = Set(TowerSide.allCases)

    @Test func `rates fall from block to block, and what is not unlocked stays`() throws {
        let plan = try plan(), tuning = FineTuning(of: both, groups: 2, rate: 0.5, layerDecay: 0.1)
        let expected: [(String, Float)] = [
            ("visual_projection.weight", 1), ("logit_scale", 1), ("vision_model.post_layernorm.weight", 0.5),
            ("vision_model.encoder.layers.2.mlp.fc1.weight", 0.5), ("vision_model.encoder.layers.1.mlp.fc1.bias", 0.05),
            ("vision_model.encoder.layers.0.mlp.fc1.bias", 0), ("vision_model.embeddings.class_embedding", 0),
            ("text_model.encoder.layers.0.layer_norm1.bias", 0.05), ("text_model.embeddings.token_embedding.weight", 0),
        ]
        for (name, rate) in expected { #expect(abs(plan.rate(of: name, tuning) - rate) < 1e-7, "\(name)") }
        let one = FineTuning(of: [.text], rate: 0.5, layerDecay: 0.1)
        #expect(
            plan.rate(of: "vision_model.embeddings.class_embedding", one) == 1, "a tower of our own learns at full rate"
        )
        #expect(abs(plan.rate(of: "text_model.embeddings.token_embedding.weight", one) - 0.005) < 1e-7)
    }

    @Test func `frozen blocks have no gradient, and the others have that of the whole`() throws {
        let plan = try plan()
        func gradients(_ tuning: FineTuning?) -> [String: [Float]] {
            var store = ParameterStore()
            let model = Model(plan, tuning: tuning, in: &store)
            var tape = Tape(parameters: store, seed: 2)
            tape.begin(recording: true)
            let patches = tape.input([2 * plan.patches, plan.patchWidth]) {
                for i in $0.indices { $0[i] = Float(i % 7) - 3 }
            }
            let captions: [Int32] = [1, 4, 9, 2, 9], segments = Segments(lengths: [3, 2])
            let pictures = model.embed(patches: patches, batch: 2, on: &tape)
            let words = model.embed(tokens: captions, segments: segments, on: &tape)
            let logits = tape.similarities(pictures, words, logScale: model.logLogitScale)
            tape.backward(from: tape.symmetricCrossEntropy(logits))
            return Dictionary(
                uniqueKeysWithValues: store.parameters.map { parameter in
                    (parameter.name, tape.readGradient(parameter.tensor) { span in span.indices.map { span[$0] } })
                })
        }
        let whole = gradients(nil), part = gradients(FineTuning(of: both, groups: 1, rate: 1, layerDecay: 1))
        for (name, gradient) in part {
            let isLast = name.contains("layers.2.") || name.contains("text_model.encoder.layers.1.")
            if isLast || !name.contains("_model.") || name.contains("post_layernorm")
                || name.contains("final_layer_norm")
            {
                #expect(gradient == whole[name], "\(name)")
            } else {
                #expect(gradient.allSatisfy { $0 == 0 }, "\(name)")
            }
        }
    }

    @Test func `a low-rank update adds what its merged weight would`() {
        var store = ParameterStore()
        let weight = store.declare("w", [6, 4], .normal(deviation: 1), decays: true)
        let update = LowRankUpdate("w.low_rank", of: weight, rank: 2, in: &store)
        var tape = Tape(parameters: store, seed: 3)
        tape.write(update.up) { for i in $0.indices { $0[i] = Float(i) / 5 - 1 } }
        tape.begin(recording: false)
        let x = tape.input([3, 4]) { for i in $0.indices { $0[i] = Float(i * 7 % 5) - 2 } }
        let found = update.apply(to: x, adding: tape.linear(x, weight: weight, bias: nil), on: &tape)
        let product = tape.linear(x, weight: weight, bias: nil)
        let some = update.apply(
            to: x, adding: tape.linear(x, weight: weight.rows(2..<5), bias: nil), rows: 2..<5, on: &tape)
        func floats(_ tensor: Tensor) -> [Float] { tape.read(tensor) { span in span.indices.map { span[$0] } } }
        let (w, up, down, xs) = (floats(weight), floats(update.up), floats(update.down), floats(x))
        for row in 0..<3 {
            for out in 0..<6 {
                var sum = 0.0
                for i in 0..<4 {
                    let merged =
                        Double(w[out * 4 + i])
                        + Double(up[out * 2]) * Double(down[i]) + Double(up[out * 2 + 1]) * Double(down[4 + i])
                    sum += merged * Double(xs[row * 4 + i])
                }
                #expect(abs(Double(floats(found)[row * 6 + out]) - sum) < 1e-4)
                if 2..<5 ~= out { #expect(floats(some)[row * 3 + out - 2] == floats(found)[row * 6 + out]) }
            }
        }
        #expect(floats(product) != floats(found))
    }
}
