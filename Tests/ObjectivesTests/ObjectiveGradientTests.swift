import Autodiff
import Tensors
import Testing

@testable import Objectives

/// Every objective on a small batch that is drawn by lot.
@Suite struct ObjectiveGradientTests {
    private static let count = 3, imageWidth = 8, textWidth = 64, vocabSize = 7, patches = 4, patchWidth = 5

    /// Parameters that stand for what the towers make, and a batch of them.
    private struct Setup: ~Copyable {
        var tape: Tape
        var objective: any Objective
        var batch: EmbeddedBatch
        let store: ParameterStore

        /// What the loss is of: the batch, or the batch whole and cut where `lengths` are given.
        var matryoshka: Matryoshka?

        init(_ type: any Objective.Type) {
            let count = ObjectiveGradientTests.count, text = ObjectiveGradientTests.textWidth
            var store = ParameterStore(), batch = EmbeddedBatch()
            func rows(_ name: String, _ rows: Int, _ width: Int) -> Tensor {
                store.declare(name, [rows, width], .normal(deviation: 0.7), decays: false)
            }
            func views(_ name: String, _ width: Int) -> TwoViews {
                TwoViews(
                    first: rows("\(name) 1", count, width), second: rows("\(name) 2", count, width), ids: [0, 1, 2])
            }
            let image = ObjectiveGradientTests.imageWidth, table = rows("table", ObjectiveGradientTests.vocabSize, text)
            batch.pairs = EmbeddedPairs(
                pictures: rows("pictures", count, image), captions: rows("captions", count, image),
                logLogitScale: store.declare("scale", [], .constant(0.4), decays: false), pictureIDs: [0, 1, 2],
                captionIDs: [0, 1, 0])
            batch.teacher = rows("teacher", count, image)
            (batch.pictureViews, batch.slowPictureViews) = (views("views", image), views("slow views", image))
            for pairing in TextPairing.allCases { batch.textPairs[pairing] = views("\(pairing)", text) }
            for masking in TokenMasking.allCases {
                batch.maskedTokens[masking] = PredictedTokens(
                    rows: rows("\(masking)", 2, text), targets: [6, 2], table: table)
            }
            batch.sentencePairs = EmbeddedSentencePairs(rows: rows("pairs", count, text), isNext: [true, false, true])
            batch.passages = EmbeddedPassages(
                rows: rows("passages", 5, text), documents: Segments(lengths: [3, 2]), ids: [0, 1, 2, 3, 4])
            batch.deletedTokens = EncodedTexts(
                rows: rows("shortened", 2, text), tokens: [1, 2, 3, 4, 5], segments: Segments(lengths: [3, 2]),
                table: table)
            let all = rows("patches", 2 * ObjectiveGradientTests.patches, ObjectiveGradientTests.patchWidth)
            batch.visiblePatches[75] = EncodedPatches(
                rows: rows("visible", 2 * 2, image), extraRows: 1, patches: all, patchesPerPicture: 4,
                hidden: [[0, 1, 3], [1, 2, 3]])
            batch.maskedPatches[60] = EncodedPatches(
                rows: rows("masked", 2 * 5, image), extraRows: 1, patches: all, patchesPerPicture: 4,
                hidden: [[0, 2], [1, 3]])
            objective = type.init()
            objective.declareParameters(
                ObjectiveSetting(
                    batchSize: count, imageWidth: image, textWidth: text, vocabSize: ObjectiveGradientTests.vocabSize,
                    patches: ObjectiveGradientTests.patches, patchWidth: ObjectiveGradientTests.patchWidth,
                    contextLength: 4),
                in: &store)
            self.batch = batch
            self.store = store
            tape = Tape(parameters: store, seed: 5)
        }

        /// The loss, `[]`, on a tape that has begun.
        mutating func loss() -> Tensor {
            let all = matryoshka?.cut(batch, on: &tape) ?? [batch]
            return tape.weightedSum(all.map { (objective.loss(of: $0, on: &tape), 1 / Float(all.count)) })
        }

        /// The loss with one parameter moved.
        mutating func value(_ place: Int, _ delta: Float) -> Double {
            let tensor = Tensor(offset: place, shape: []), before = tape.scalar(tensor)
            tape.write(tensor) { $0[0] = before + delta }
            defer { tape.write(tensor) { $0[0] = before } }
            tape.begin(recording: false)
            return Double(tape.scalar(loss()))
        }
    }

    @Test(arguments: objectives.map { $0.name })
    func `gradient agrees with central differences`(name: String) throws {
        let type = try #require(objectives.first { $0.name == name })
        try expectGradient(Setup(type))
    }

    /// Those that compare embeddings, of pairs or of one tower.
    private static let comparing = objectives.map { $0.init() }.filter { objective in
        [true, false].contains { Matryoshka.applies(to: objective.needs, ofPairs: $0) }
    }

    @Test(arguments: comparing.map { type(of: $0).name })
    func `cut to some lengths, the gradient agrees with central differences`(name: String) throws {
        let type = try #require(objectives.first { $0.name == name })
        var setup = Setup(type)
        if !Matryoshka.applies(to: setup.objective.needs, ofPairs: true) { setup.batch.pairs = nil }
        setup.matryoshka = Matryoshka([4, 6])
        try expectGradient(setup, hasKinks: true)
    }

    @Test func `embeddings are cut for those objectives that compare them, and for no others`() {
        #expect(
            Set(Self.comparing.map { type(of: $0).name }) == [
                "clip", "siglip", "simclr", "moco", "moco-v2", "adjacent", "same-document", "paraphrase", "simcse",
                "cpc",
            ])
    }

    @Test func `pairs cut to a length lose what pairs of that length do`() {
        var tape = Tape(parameters: ParameterStore(), seed: 0)
        tape.begin(recording: false)
        func pairs(width: Int, _ value: (Int, Int) -> Float) -> EmbeddedBatch {
            func rows(_ number: Int) -> Tensor {
                let rows = tape.input([4, 6]) { for i in 0..<24 { $0[i] = i % 6 < width ? value(number, i) : 0 } }
                return tape.normalizeRows(rows)
            }
            return EmbeddedBatch(
                EmbeddedPairs(
                    pictures: rows(0), captions: rows(1), logLogitScale: tape.constant(1), pictureIDs: [0, 1, 2, 3],
                    captionIDs: [0, 1, 2, 3]))
        }
        func value(_ number: Int, _ i: Int) -> Float { Float((i * 7 + number * 5) % 11) - 4 }
        let cut = Matryoshka([2]).cut(pairs(width: 6, value), on: &tape), clip = SoftmaxContrastive()
        let expected = clip.loss(of: pairs(width: 2, value), on: &tape), found = clip.loss(of: cut[1], on: &tape)
        #expect(cut.count == 2 && abs(tape.scalar(found) - tape.scalar(expected)) < 1e-5)
        let whole = clip.loss(of: cut[0], on: &tape)
        #expect(abs(tape.scalar(whole) - tape.scalar(expected)) > 1e-2)
    }

    private func expectGradient(_ setup: consuming Setup, hasKinks: Bool = false) throws {
        setup.tape.begin(recording: true)
        let loss = setup.loss()
        setup.tape.backward(from: loss)
        let gradients = setup.tape.readGradients { span in span.indices.map { span[$0] } }
        let learning = setup.store.parameters.filter { $0.learns && $0.name != "patches" }.flatMap { parameter in
            // What a head's queue or slow copy holds, and what another need holds, has no gradient.
            parameter.tensor.range.filter { gradients[$0] != 0 }
        }
        let scale = learning.map { abs(gradients[$0]) }.max() ?? 0
        #expect(scale > 1e-3)
        for number in 0..<min(40, learning.count) {
            let place = learning[number * learning.count / min(40, learning.count)]
            let expected = hasKinks ? slope(at: place, near: gradients[place], &setup) : slope(at: place, &setup)
            #expect(
                abs(Double(gradients[place]) - expected) < 4e-3 * Double(max(scale, 0.1)),
                "float \(place): \(gradients[place]), \(expected)")
        }
    }

    private func slope(at place: Int, _ setup: inout Setup) -> Double {
        let near = (setup.value(place, 1e-2) - setup.value(place, -1e-2)) / 2e-2
        let wide = (setup.value(place, 2e-2) - setup.value(place, -2e-2)) / 4e-2
        return (4 * near - wide) / 3
    }

    /// Where so many rectifiers are passed that some bend within any step, a gradient lies between the slopes to both sides:
    /// the number between them that is nearest to it.
    private func slope(at place: Int, near gradient: Float, _ setup: inout Setup) -> Double {
        let here = setup.value(place, 0)
        let left = (here - setup.value(place, -2e-3)) / 2e-3, right = (setup.value(place, 2e-3) - here) / 2e-3
        return min(max(Double(gradient), min(left, right)), max(left, right))
    }

    @Test(arguments: objectives.map { $0.name })
    func `random embeddings lose about what chance says`(name: String) throws {
        let type = try #require(objectives.first { $0.name == name })
        var setup = Setup(type)
        setup.tape.begin(recording: false)
        let loss = setup.objective.loss(of: setup.batch, on: &setup.tape)
        guard let chance = setup.objective.chanceLoss(setup.batch) else { return }
        #expect(chance > 0 && setup.tape.scalar(loss) < 12 * chance && setup.tape.scalar(loss) > chance / 20)
    }

    @Test func `a queue takes the keys of a batch in and forgets the oldest`() {
        var setup = Setup(MoCoQueue.self)
        let queue = setup.store.parameters.first { $0.name == "objective.moco-v2.queue" }?.tensor
        guard let queue else { return #expect(Bool(false), "there is a queue") }
        func keys(_ tape: borrowing Tape) -> [Float] { tape.read(queue) { span in span.indices.map { span[$0] } } }
        let before = keys(setup.tape)
        setup.tape.begin(recording: true)
        _ = setup.objective.loss(of: setup.batch, on: &setup.tape)
        setup.objective.afterStep(setup.batch, progress: 0, on: &setup.tape)
        let after = keys(setup.tape), width = queue.width
        #expect((0..<3).allSatisfy { after[$0 * width..<($0 + 1) * width] != before[$0 * width..<($0 + 1) * width] })
        #expect(after[(3 * width)...] == before[(3 * width)...])
        for row in 0..<3 {
            let length = after[row * width..<(row + 1) * width].reduce(0) { $0 + $1 * $1 }
            #expect(abs(length - 1) < 1e-5)
        }
    }
}
