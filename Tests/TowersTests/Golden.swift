import Autodiff
import Foundation
import Tensors

@testable import Towers

/// The small CLIP model of `Tests/Fixtures/golden/model`, and what PyTorch gives for it (`scripts/golden/model.py`).
struct Golden: ~Copyable {
    struct Expected: Decodable {
        struct Steps: Decodable {
            let learning_rate, beta1, beta2, epsilon, weight_decay, clip, largest_scale: Float
            let losses: [Float]
        }
        let captions: [[Int32]]
        let picture_ids, caption_ids: [Int]
        let loss: Float
        let adamw: Steps
    }

    static let folder =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../Fixtures/golden/model"
        ).path

    let expected: Expected
    let tensors: Safetensors

    init() throws {
        let json = try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/expected.json"))
        let decoded = try JSONDecoder().decode(Expected.self, from: json)
        tensors = try Safetensors("\(Self.folder)/expected.safetensors")
        expected = decoded
    }

    /// The model, and its weights at the head of a tape.
    static func read(_ change: (inout ModelConfiguration) -> Void = { _ in }) throws -> GoldenModel {
        let json = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/config.json"))
        let file = try JSONDecoder().decode(HuggingFaceConfiguration.self, from: json)
        var configuration = try file.model(named: folder), store = ParameterStore()
        change(&configuration)
        let model = Model(configuration.plan, in: &store)
        var tape = Tape(parameters: store, seed: 1)
        try ModelFolder.read(folder, configuration.plan, store, into: &tape)
        return GoldenModel(model: model, parameters: store, tape: tape)
    }

    var batch: Int { expected.captions.count }
    var tokens: [Int32] { expected.captions.flatMap { $0 } }
    var segments: Segments { Segments(lengths: expected.captions.map(\.count)) }

    /// Whether picture `i` and caption `j` are of different pairs and yet no negatives to each other.
    var ignoring: [Bool] {
        (0..<batch * batch).map { at in
            let (i, j) = (at / batch, at % batch), pictures = expected.picture_ids, captions = expected.caption_ids
            return i != j && (pictures[i] == pictures[j] || captions[i] == captions[j])
        }
    }

    /// The patches of all pictures, as an input of the step.
    func patches(on tape: inout Tape) throws -> Tensor {
        let floats = try tensors.floats(of: "patches"), shape = tensors.shape(of: "patches") ?? []
        return tape.input(Shape(shape)) { target in for i in floats.indices { target[i] = floats[i] } }
    }

    /// The loss of the batch, `[]`.
    func loss(of model: Model, on tape: inout Tape) throws -> Tensor {
        let pictures = try model.embed(patches: patches(on: &tape), batch: batch, on: &tape)
        let captions = model.embed(tokens: tokens, segments: segments, on: &tape)
        let logits = tape.similarities(pictures, captions, logScale: model.logLogitScale)
        return tape.symmetricCrossEntropy(logits, ignoring: ignoring)
    }
}

/// The floats of a tensor.
func floats(_ tensor: Tensor, of tape: borrowing Tape) -> [Float] {
    tape.read(tensor) { span in span.indices.map { span[$0] } }
}

/// The length of the difference of two lists, as a share of the second's.
func relativeError(_ found: [Float], _ expected: [Float]) -> Float {
    var difference = 0.0, length = 0.0
    for (a, b) in zip(found, expected) {
        difference += Double((a - b) * (a - b))
        length += Double(b * b)
    }
    return found.count == expected.count ? Float((difference / max(length, 1e-20)).squareRoot()) : .infinity
}

/// The golden model with its weights.
struct GoldenModel: ~Copyable {
    let model: Model
    let parameters: ParameterStore
    var tape: Tape
}
