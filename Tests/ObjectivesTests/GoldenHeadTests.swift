import Autodiff
import Foundation
import Tensors
import Testing

@testable import Objectives

/// What PyTorch and lightly give for objectives with parameters of their own; `scripts/golden/objective_heads.py` wrote it
/// and says what each name means.
private struct Golden: Decodable, Sendable, CustomTestStringConvertible {
    struct Floats: Decodable, Sendable {
        var shape: [Int], values: [Double]
    }

    var objective: String, source: String, settings: [String: Int], lists: [String: [Int]], loss: Double
    var inputs: [String: Floats], parameters: [String: Floats]
    var gradients: [String: [Double]], after: [String: [Double]]
    var testDescription: String { "\(objective), \(source)" }

    static let all: [Golden] = {
        struct File: Decodable { var cases: [Golden] }
        let path = #filePath.replacing(
            "ObjectivesTests/GoldenHeadTests.swift", with: "Fixtures/golden/objective-heads.json")
        do {
            return try JSONDecoder().decode(File.self, from: Data(contentsOf: URL(filePath: path))).cases
        } catch {
            Issue.record("cannot read \(path): \(error)")
            return []
        }
    }()

    /// The objective in the golden numbers' sizes.
    var made: any Objective {
        switch objective {
        case MoCo.name:
            var moco = MoCo()
            moco.headWidth = settings["headWidth"] ?? 0
            return moco
        case MoCoQueue.name:
            var moco = MoCoQueue()
            (moco.headWidth, moco.queueCount) = (settings["headWidth"] ?? 0, settings["queueCount"] ?? 0)
            return moco
        default: return objectives.first { $0.name == objective }?.init() ?? SimCLR()
        }
    }

    var setting: ObjectiveSetting {
        ObjectiveSetting(
            batchSize: 5, imageWidth: settings["imageWidth"] ?? 0, textWidth: settings["textWidth"] ?? 0,
            vocabSize: settings["vocabSize"] ?? 0, patches: 4, patchWidth: settings["patchWidth"] ?? 0,
            contextLength: settings["contextLength"] ?? 0)
    }

    /// The batch that the towers would have made.
    func batch(of inputs: [String: Tensor]) throws -> EmbeddedBatch {
        var batch = EmbeddedBatch()
        func lengths() throws -> Segments { Segments(lengths: try #require(lists["lengths"])) }
        func views(_ name: String) throws -> TwoViews {
            TwoViews(
                first: try #require(inputs["\(name).0"]), second: try #require(inputs["\(name).1"]), ids: Array(0..<5))
        }
        func patches(_ name: String, hiddenPerPicture: Int) throws -> EncodedPatches {
            let hidden = try #require(lists["hidden"])
            return EncodedPatches(
                rows: try #require(inputs[name]), extraRows: 1, patches: try #require(inputs["patches"]),
                patchesPerPicture: 4,
                hidden: stride(from: 0, to: hidden.count, by: hiddenPerPicture).map {
                    Array(hidden[$0..<$0 + hiddenPerPicture])
                })
        }
        switch objective {
        case MaskedAutoencoder.name: batch.visiblePatches[75] = try patches("visible", hiddenPerPicture: 3)
        case SimMIM.name: batch.maskedPatches[60] = try patches("masked", hiddenPerPicture: 2)
        case ContrastivePredictiveCoding.name:
            batch.passages = EmbeddedPassages(
                rows: try #require(inputs["passages"]), documents: try lengths(), ids: try #require(lists["ids"]))
        case TSDAE.name:
            batch.deletedTokens = EncodedTexts(
                rows: try #require(inputs["shortened"]), tokens: try #require(lists["tokens"]).map { Int32($0) },
                segments: try lengths(), table: try #require(inputs["table"]))
        default: (batch.pictureViews, batch.slowPictureViews) = (try views("views"), try views("slow_views"))
        }
        return batch
    }
}

@Suite struct GoldenHeadTests {
    @Test func `there are golden numbers for each objective with a head or decoder of its own that peers have`() {
        #expect(Set(Golden.all.map(\.objective)) == ["moco", "moco-v2", "mae", "simmim", "cpc", "tsdae"])
    }

    @Test(arguments: Golden.all)
    fileprivate func `loss, gradients and queue are those of the reference, parameters included`(golden: Golden) throws
    {
        var store = ParameterStore(), inputs: [String: Tensor] = [:], objective = golden.made
        for (name, floats) in golden.inputs.sorted(by: { $0.key < $1.key }) {
            inputs[name] = store.declare(
                name, Shape(floats.shape), .values(floats.values.map { Float($0) }), decays: false)
        }
        objective.declareParameters(golden.setting, in: &store)
        var tape = Tape(parameters: store, seed: 0)
        let own = store.parameters.dropFirst(inputs.count)
        for parameter in own where parameter.name != "objective.moco-v2.next" {
            let floats = try #require(golden.parameters[parameter.name], "\(parameter.name)")
            #expect(floats.shape == parameter.tensor.shape.axes, "\(parameter.name)")
            tape.write(parameter.tensor) { for (i, value) in floats.values.enumerated() { $0[i] = Float(value) } }
        }
        let batch = try golden.batch(of: inputs)
        tape.begin(recording: true)
        let loss = objective.loss(of: batch, on: &tape)
        #expect(abs(Double(tape.scalar(loss)) - golden.loss) < 1e-5 * max(1, golden.loss))
        tape.backward(from: loss)
        let scale = golden.gradients.values.joined().map(abs).max() ?? 0
        for (name, expected) in golden.gradients {
            let tensor = try #require(store.parameters.first { $0.name == name }?.tensor, "\(name)")
            let found = tape.readGradient(tensor) { span in span.indices.map { Double(span[$0]) } }
            let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
            #expect(found.count == expected.count && worst < 2e-5 * scale, "\(name): \(worst) of \(scale)")
        }
        objective.afterStep(batch, progress: 0, on: &tape)
        for (name, expected) in golden.after {
            let tensor = try #require(store.parameters.first { $0.name == name }?.tensor, "\(name)")
            let found = tape.read(tensor) { span in span.indices.map { Double(span[$0]) } }
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "\(name)")
        }
    }
}
