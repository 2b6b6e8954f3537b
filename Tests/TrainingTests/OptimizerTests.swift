import Autodiff
import Foundation
import Tensors
import Testing

@testable import Training

/// What PyTorch's Muon does; `scripts/golden/muon.py` wrote it and says what each name means.
private struct Golden: Decodable {
    var learningRate, weightDecay: Double
    var cases: [Case]

    struct Case: Decodable {
        var rows, columns: Int
        var weights: [Double], gradients: [[Double]], expected: [[Double]]
    }
}

@Suite struct OptimizerTests {
    private static let rateRatio = 20.0  // Muon's learning rate over AdamW's

    @Test func `Muon leads matrices down the path of PyTorch`() throws {
        let path = #filePath.replacing("TrainingTests/OptimizerTests.swift", with: "Fixtures/golden/muon.json")
        let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: URL(filePath: path)))
        #expect(golden.cases.count == 3)
        for item in golden.cases {
            var store = ParameterStore()
            _ = store.declare("matrix", [item.rows, item.columns], .zeros, decays: true, isHidden: true)
            var muon = Muon(store.parameters.map { ($0, 1) }, weightDecay: Float(golden.weightDecay * Self.rateRatio))
            var moments = Moments(count: store.count), weights = item.weights.map { Float($0) }
            for (number, expected) in item.expected.enumerated() {
                let gradients = item.gradients[number].map { Float($0) }
                var moved = weights.mutableSpan
                let step = OptimizerStep(
                    number: number + 1, learningRate: Float(golden.learningRate / Self.rateRatio), gradientScale: 1)
                muon.update(&moved, gradients.span, &moments, step)
                let worst = zip(weights, expected).map { abs(Double($0) - $1) }.max() ?? 1
                #expect(worst < 1e-5, "\(item.rows) × \(item.columns), step \(number + 1)")
            }
        }
    }

    @Test func `every weight is moved by one optimizer`() {
        var store = ParameterStore()
        let edge = store.declare("edge", [3, 4], .ones, decays: true)
        let hidden = store.declare("hidden", [4, 4], .ones, decays: true, isHidden: true)
        let bias = store.declare("bias", [4], .ones, decays: false)
        for choice in OptimizerChoice.allCases {
            var tape = Tape(parameters: store, seed: 1), optimizer = Optimizer(choice, store, weightDecay: 0)
            tape.update { _, gradients in for i in gradients.indices { gradients[i] = i % 3 == 0 ? 1 : -0.5 } }
            optimizer.update(&tape, OptimizerStep(number: 1, learningRate: 1e-3, gradientScale: 1))
            // AdamW's first step is the learning rate in the gradient's direction; Muon's is of another length.
            for tensor in [edge, bias] {
                tape.read(tensor) { moved in
                    for i in moved.indices { #expect(abs(abs(moved[i] - 1) - 1e-3) < 1e-6, "\(choice)") }
                }
            }
            tape.read(hidden) { moved in
                for i in moved.indices {
                    #expect(moved[i] != 1)
                    #expect((abs(abs(moved[i] - 1) - 1e-3) < 1e-6) == (choice == .adamW))
                }
            }
        }
    }
}
