import Autodiff
import Tensors
import Testing

@testable import Objectives

@Suite struct SoftmaxContrastiveTests {
    /// Loss and chance of a batch whose pictures and captions are the given unit rows.
    private func loss(
        _ rows: [[Float]], _ captions: [[Float]], pictureIDs: [Int], captionIDs: [Int], logScale: Float = 0,
        isDecoupled: Bool = false
    ) -> (loss: Float, chance: Float) {
        var tape = Tape(parameters: ParameterStore(), seed: 0)
        tape.begin(recording: false)
        func input(_ rows: [[Float]]) -> Tensor {
            tape.input([rows.count, rows[0].count]) { span in
                for (i, x) in rows.joined().enumerated() { span[i] = x }
            }
        }
        let pictures = input(rows), words = input(captions), scale = tape.input([]) { $0[0] = logScale }
        let batch = EmbeddedBatch(
            EmbeddedPairs(
                pictures: pictures, captions: words, logLogitScale: scale, pictureIDs: pictureIDs,
                captionIDs: captionIDs))
        let objective = SoftmaxContrastive(isDecoupled: isDecoupled)
        let loss = objective.loss(of: batch, on: &tape)
        return (tape.scalar(loss), objective.chanceLoss(batch) ?? -1)
    }

    @Test func `embeddings that are all alike lose exactly what chance does`() {
        let rows = [[Float]](repeating: [1, 0], count: 4)
        let alike = loss(rows, rows, pictureIDs: [0, 1, 2, 3], captionIDs: [0, 1, 2, 3])
        #expect(abs(alike.loss - 1.386_294) < 1e-5)
        #expect(abs(alike.chance - 1.386_294) < 1e-5)
        let twice = loss(rows, rows, pictureIDs: [0, 1, 2, 0], captionIDs: [0, 1, 1, 3])
        #expect(abs(twice.loss - twice.chance) < 1e-5)
        #expect(twice.chance < alike.chance)
    }

    @Test func `true pairs lose less than wrong ones`() {
        let rows: [[Float]] = [[1, 0], [0, 1]]
        let right = loss(rows, rows, pictureIDs: [0, 1], captionIDs: [0, 1], logScale: 2)
        let wrong = loss(rows, rows.reversed(), pictureIDs: [0, 1], captionIDs: [0, 1], logScale: 2)
        #expect(right.loss < 0.01 && wrong.loss > 5)
    }

    @Test func `the same caption twice is no negative`() {
        let rows: [[Float]] = [[1, 0], [1, 0]]
        let batch = loss(rows, rows, pictureIDs: [0, 1], captionIDs: [5, 5], logScale: 3)
        #expect(abs(batch.loss) < 1e-6 && batch.chance == 0)
    }

    @Test func `decoupled, embeddings that are all alike lose the logarithm of the others' number`() {
        let rows = [[Float]](repeating: [1, 0], count: 4)
        let alike = loss(rows, rows, pictureIDs: [0, 1, 2, 3], captionIDs: [0, 1, 2, 3], isDecoupled: true)
        #expect(abs(alike.loss - 1.098_612) < 1e-5 && abs(alike.chance - 1.098_612) < 1e-5)
    }

    @Test func `every objective has a name of its own`() {
        #expect(Set(objectives.map { $0.name }).count == objectives.count)
    }
}
