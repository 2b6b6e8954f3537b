import Autodiff
import Tensors
import Testing

@testable import Objectives

/// Heads of objectives that compare with a slow copy.
@Suite struct SlowHeadTests {
    @Test(arguments: [MoCo.self, MoCoQueue.self] as [any Objective.Type])
    func `a slow head begins as a copy of the head`(type: any Objective.Type) {
        var store = ParameterStore(), objective = type.init()
        objective.declareParameters(
            ObjectiveSetting(
                batchSize: 2, imageWidth: 4, textWidth: 4, vocabSize: 3, patches: 4, patchWidth: 3, contextLength: 4),
            in: &store)
        let tape = Tape(parameters: store, seed: 3), slow = store.parameters.filter { $0.name.hasPrefix("slow.") }
        func floats(_ tensor: Tensor) -> [Float] { tape.read(tensor) { span in span.indices.map { span[$0] } } }
        #expect(!slow.isEmpty)
        for copy in slow {
            let original = store.parameters.first { "slow.\($0.name)" == copy.name }
            #expect(original.map { floats($0.tensor) } == floats(copy.tensor), "\(copy.name)")
            #expect(!copy.learns, "\(copy.name)")
        }
    }
}
