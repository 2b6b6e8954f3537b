import Autodiff
import Foundation
import Tensors
import Testing

@testable import Objectives

/// What published implementations of losses give; `scripts/golden/objectives.py` wrote it and says what each name means.
private struct Golden: Decodable, Sendable, CustomTestStringConvertible {
    var objective: String, source: String, settings: [String: Double]
    var first: [Double], second: [Double], loss: Double, gradients: [[Double]]
    var testDescription: String { "\(objective), \(source)" }

    static let all: [Golden] = {
        struct File: Decodable { var cases: [Golden] }
        let path = #filePath.replacing(
            "ObjectivesTests/GoldenObjectiveTests.swift", with: "Fixtures/golden/objectives.json")
        do {
            return try JSONDecoder().decode(File.self, from: Data(contentsOf: URL(filePath: path))).cases
        } catch {
            Issue.record("cannot read \(path): \(error)")
            return []
        }
    }()
}

@Suite struct GoldenObjectiveTests {
    private let count = 5, width = 6

    @Test func `there are golden numbers for each contrastive loss`() {
        #expect(Set(Golden.all.map(\.objective)) == ["clip", "dcl", "siglip", "simclr", "paraphrase"])
    }

    @Test(arguments: Golden.all)
    fileprivate func `loss and gradients are those of the published implementation`(golden: Golden) {
        var store = ParameterStore()
        let views = [golden.first, golden.second].enumerated().map { number, rows in
            store.declare("\(number)", [count, width], .values(rows.map { Float($0) }), decays: false)
        }
        let scale = store.declare("scale", [], .constant(Float(log(golden.settings["scale"] ?? 1))), decays: false)
        var objective: any Objective =
            golden.objective == "dcl"
            ? SoftmaxContrastive(isDecoupled: true)
            : objectives.first { $0.name == golden.objective }?.init() ?? SoftmaxContrastive()
        objective.declareParameters(ObjectiveSetting(batchSize: count, imageWidth: width), in: &store)
        var tape = Tape(parameters: store, seed: 0)
        tape.begin(recording: true)
        let loss = loss(objective, views, scale, on: &tape)
        #expect(abs(Double(tape.scalar(loss)) - golden.loss) < 2e-6 * max(1, golden.loss))
        tape.backward(from: loss)
        for (view, expected) in zip(views, golden.gradients) {
            let found = tape.readGradient(view) { floats in floats.indices.map { Double(floats[$0]) } }
            let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
            #expect(worst < 2e-6 * max(1, expected.map(abs).max() ?? 0), "\(worst)")
        }
    }

    private func loss(_ objective: any Objective, _ views: [Tensor], _ scale: Tensor, on tape: inout Tape) -> Tensor {
        let ids = Array(0..<count)
        var batch = EmbeddedBatch()
        if let simCLR = objective as? SimCLR {  // the published class has no head
            return simCLR.contrast(tape.normalizeRows(tape.joinRows(views[0], views[1])), ids, on: &tape)
        }
        if objective.needs.contains(.pairs) {
            batch.pairs = EmbeddedPairs(
                pictures: tape.normalizeRows(views[0]), captions: tape.normalizeRows(views[1]), logLogitScale: scale,
                pictureIDs: ids, captionIDs: ids)
        } else {
            batch.textPairs[.columns] = TwoViews(first: views[0], second: views[1], ids: ids)
        }
        return objective.loss(of: batch, on: &tape)
    }
}
