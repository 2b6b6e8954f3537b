import Augmentations
import Autodiff
import Failures
import Foundation
import Tensors
import Testing
import Tokenizers
import Towers

@testable import Datasets
@testable import Training

@Suite struct TrainerTests {
    private let folder = NSTemporaryDirectory() + "trainer-\(UUID().uuidString)"

    private var configuration: ModelConfiguration {
        var vision = VisionConfiguration(), text = TextConfiguration()
        (vision.imageSize, vision.patchSize, vision.width, vision.headWidth, vision.layers) = (8, 4, 16, 8, 1)
        (text.contextLength, text.vocabSize, text.width, text.heads, text.layers) = (8, 20, 16, 2, 1)
        return ModelConfiguration(embedDim: 8, vision: vision, text: text)
    }

    private func trainer(_ fill: (inout TrainingOptions) -> Void = { _ in }) -> Trainer {
        var options = TrainingOptions()
        options.seed = 3
        fill(&options)
        return Trainer(configuration.plan, options.settings(pairs: 100), Preprocessing(side: 8))
    }

    /// Four pictures of one colour each, and a caption of its own for each.
    private var batch: Batch {
        var batch = Batch(epoch: 0, index: 0, side: 8)
        for i in 0..<4 {
            batch.pictures += [UInt8](repeating: UInt8(60 * i), count: 8 * 8 * 3)
            batch.tokens += [18, Int32(i), Int32(i + 4), 19]
            batch.names.append("\(i)")
        }
        batch.segments = Segments(count: 4, length: 4)
        (batch.pictureIDs, batch.viewIDs) = ([0, 1, 2, 3], [0, 1, 2, 3])
        batch.captionIDs = [0, 1, 2, 3]
        return batch
    }

    private func floats(_ trainer: borrowing Trainer, _ table: Checkpoint.Table = .weights) throws(Failure) -> [Float] {
        var floats: [Float] = []
        try trainer.read(table) { (span) throws(Failure) in for i in span.indices { floats.append(span[i]) } }
        return floats
    }

    @Test func `a small batch is learnt by heart`() throws {
        var trainer = trainer(), first: StepFigures?, last: StepFigures?
        for number in 1...60 {
            last = try trainer.step(number, on: batch, learningRate: 3e-3)
            first = first ?? last
        }
        #expect(abs((first?.found.chanceLoss ?? 0) - 1.386_294) < 1e-5)
        #expect((last?.found.loss ?? 9) < 0.1, "from \(first?.found.loss ?? 0) to \(last?.found.loss ?? 0)")
    }

    @Test(arguments: OptimizerChoice.allCases)
    func `a checkpoint brings back every float`(optimizer: OptimizerChoice) throws {
        let fill: (inout TrainingOptions) -> Void = { ($0.emaDecay, $0.optimizer) = (0.9, optimizer) }
        var trainer = trainer(fill)
        for number in 1...3 { _ = try trainer.step(number, on: batch, learningRate: 1e-3) }
        let checkpoint = Checkpoint(folder: folder), position = Position(step: 3, epoch: 1, batch: 2, seconds: 4.5)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try checkpoint.write(trainer, at: position)
        var other = self.trainer(fill)
        #expect(try checkpoint.position() == position)
        try checkpoint.read(into: &other, at: position)
        for table in Checkpoint.Table.allCases { #expect(try floats(other, table) == floats(trainer, table)) }
        _ = try trainer.step(4, on: batch, learningRate: 1e-3)
        _ = try other.step(4, on: batch, learningRate: 1e-3)
        #expect(try floats(other) == floats(trainer))
    }

    @Test func `dropped patches are the same again for the same step`() throws {
        let fill: (inout TrainingOptions) -> Void = { $0.patchDropout = 0.5 }
        var first = trainer(fill), second = trainer(fill), whole = trainer()
        for number in 1...2 {
            let figures = try first.step(number, on: batch, learningRate: 1e-3)
            #expect(try second.step(number, on: batch, learningRate: 1e-3).found.loss == figures.found.loss)
            _ = try whole.step(number, on: batch, learningRate: 1e-3)
        }
        #expect(try floats(first) == floats(second))
        #expect(try floats(first) != floats(whole))
    }

    @Test func `pictures are small until the schedule says otherwise`() throws {
        func weights(_ schedule: String?, progress: Double) throws -> [Float] {
            var trainer = trainer { $0.resolutionSchedule = schedule.flatMap { ResolutionSchedule($0) } }
            _ = try trainer.step(1, on: batch, learningRate: 1e-3, progress: progress)
            return try floats(trainer)
        }
        let whole = try weights(nil, progress: 0.4)
        #expect(try weights("4:0.5", progress: 0.4) != whole)
        #expect(try weights("4:0.5", progress: 0.5) == whole)
    }

    private enum Learning: CaseIterable { case plain, patchDropout, smallPictures, teacher, lockedTowers }

    /// Four pairs, and how they are learnt, so many at once as `size` says.
    private func lesson(
        _ learning: Learning, size: Int?
    ) throws -> (plan: ModelPlan, settings: TrainingSettings, batch: Batch) {
        var batch = batch, options = TrainingOptions()
        (options.seed, options.microBatch) = (3, size)
        options.patchDropout = learning == .patchDropout ? 0.5 : nil
        options.resolutionSchedule = learning == .smallPictures ? ResolutionSchedule("4:0.9") : nil
        batch.tokens = [18, 1, 19, 18, 2, 3, 4, 19, 18, 19, 18, 5, 19]
        batch.segments = Segments(lengths: [3, 5, 2, 3])
        func drawn(_ count: Int, _ item: Int) -> [Float] {
            var random = SeededRandom(seed: 1, purpose: .test, item: item)
            return (0..<count).map { _ in random.normal() }
        }
        if learning == .teacher {
            options.teacher = "vectors.npy"
            batch.teacher = (0..<4).flatMap { row -> [Float] in
                let vector = drawn(8, row), length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return vector.map { $0 / length }
            }
        }
        var plan = configuration.plan, towers: TowerSettings?
        if learning == .lockedTowers {
            (batch.pictureFeatures, batch.captionFeatures) = (drawn(4 * 16, 8), drawn(4 * 16, 9))
            (batch.pictures, batch.tokens) = ([], [])
            var choices = TowerChoices(embedDim: 8)
            choices.projectionHidden = 12
            plan = try DualEncoder(choices, else: configuration, startToken: 18, endToken: 19).plan
            towers = TowerSettings(
                choices: choices, locksImage: true, locksText: true, dropout: 0.5, featureViews: 1, learningRate: 0,
                layerDecay: 1)
        }
        return (plan, options.settings(pairs: 100, towers: towers), batch)
    }

    @Test(arguments: [1, 2, 3], Learning.allCases)
    private func `parts of a batch give the gradient of the whole`(size: Int, learning: Learning) throws {
        let (plan, settings, batch) = try lesson(learning, size: nil),
            inParts = try lesson(learning, size: size).settings
        var whole = Trainer(plan, settings, Preprocessing(side: 8))
        var parts = Trainer(plan, inParts, Preprocessing(side: 8))
        let expected = try whole.step(1, on: batch, learningRate: 1e-3).found
        let found = try parts.step(1, on: batch, learningRate: 1e-3).found
        #expect(abs(found.loss - expected.loss) < 1e-6 && found.chanceLoss == expected.chanceLoss)
        #expect((expected.losses["teacher"] == nil) == (learning != .teacher))
        let left = whole.tape.readGradients { span in span.indices.map { span[$0] } }
        let right = parts.tape.readGradients { span in span.indices.map { span[$0] } }
        let largest = left.map(abs).max() ?? 0, worst = zip(left, right).map { abs($0 - $1) }.max() ?? 1
        #expect(largest > 0 && worst < 1e-5 * largest, "\(worst) of \(largest)")
    }

    /// A batch that holds what every objective needs beside pairs.
    private func everything() -> Batch {
        var batch = batch
        func drawn(_ view: Int) -> [UInt8] {
            var random = SeededRandom(seed: 2, purpose: .test, item: view)
            return (0..<4 * 8 * 8 * 3).map { _ in UInt8(random.index(below: 256)) }
        }
        batch.views = (0..<3).map(drawn)
        return batch
    }

    /// What texts a batch of these objectives holds.
    private func texts(_ names: [String], of batch: inout Batch) {
        let needs = names.flatMap { ObjectiveChoice($0).needs }, wanted = TextNeeds(Set(needs))
        func tokens(_ count: Int) -> Tokens {
            Tokens(ids: [18] + (0..<count).map { Int32($0 + count) } + [19], isTruncated: false)
        }
        let pair = (0..<4).map {
            DrawnTexts([tokens($0 + 1), tokens($0 + 2)], documents: [0, 0], isNext: $0 % 2 == 0)
        }
        batch.texts = wanted.pairings.map { _ in DrawnTextBatch(pair) }
        if wanted.hasSentencePairs {
            batch.texts.append(DrawnTextBatch(joining: pair, contextLength: 8, start: 18))
        }
        if wanted.hasPassages { batch.texts.append(DrawnTextBatch(pair)) }
        let vocabulary = MaskVocabulary(vocabSize: 20, special: [18, 19], mask: 17)
        let hiding = wanted.hiding(vocabulary, seed: 1)
        hiding.apply(to: (0..<4).map { tokens($0 + 2).ids }, item: 0, &batch)
    }

    private static let mixtures = [
        ["clip", "simclr", "mlm", "span", "simcse", "tsdae"], ["siglip", "moco"], ["simclr"], ["moco"], ["moco-v2"],
        ["mae"],
        ["simmim"], ["mae", "simmim", "moco", "moco-v2"], ["paraphrase", "mlm"], ["adjacent", "same-document"], ["nsp"],
        ["cpc", "simcse"], ["tsdae", "span"],
    ]

    @Test(arguments: mixtures) func `every objective goes on from a checkpoint with the same floats`(names: [String])
        throws
    {
        let fill: (inout TrainingOptions) -> Void = { $0.objectives = names.map { ObjectiveChoice($0, weight: 0.5) } }
        var batch = everything()
        texts(names, of: &batch)
        var trainer = trainer(fill)
        for number in 1...2 { _ = try trainer.step(number, on: batch, learningRate: 1e-3, progress: 0.2) }
        let checkpoint = Checkpoint(folder: folder), position = Position(step: 2)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try checkpoint.write(trainer, at: position)
        var other = self.trainer(fill)
        try checkpoint.read(into: &other, at: position)
        let found = try trainer.step(3, on: batch, learningRate: 1e-3, progress: 0.3).found
        let again = try other.step(3, on: batch, learningRate: 1e-3, progress: 0.3).found
        #expect(found.loss == again.loss && found.losses == again.losses && Set(found.losses.keys) == Set(names))
        #expect(try floats(other) == floats(trainer))
    }

    @Test func `objectives that disagree with each other or the settings are refused by name`() {
        func refusal(_ words: [String], _ fill: (inout TrainingOptions) -> Void = { _ in }) -> String? {
            var options = TrainingOptions()
            options.objectives = words.map { ObjectiveChoice($0) }
            fill(&options)
            do throws(Failure) {
                try options.settings(pairs: 100).checkObjectives()
                return nil
            } catch { return error.line }
        }
        #expect(refusal(["clip", "mlm"]) == nil && refusal(["simclr"]) == nil && refusal(["adjacent", "mlm"]) == nil)
        #expect(refusal(["clip", "adjacent"])?.contains("adjacent") == true)
        #expect(refusal(["clip", "clip"])?.contains("twice") == true)
        #expect(refusal(["simclr"]) { $0.isDecoupled = true }?.contains("--decoupled") == true)
        #expect(refusal(["clip", "simclr"]) { $0.microBatch = 2 }?.contains("--micro-batch") == true)
        #expect(refusal(["simclr"]) { $0.patchDropout = 0.5 }?.contains("--patch-dropout") == true)
    }

    @Test func `patches are dropped until the last tenth of a run, other ones in each step`() {
        let dropout = PatchDropout(share: 0.75)
        let places = (1...2).map { dropout.places(of: 16, count: 3, seed: 1, step: $0, progress: 0.89) ?? [] }
        #expect(places[0].count == 12 && places[0] != places[1])
        for start in [0, 4, 8] {
            let own = Set(places[0][start..<start + 4])
            #expect(own.count == 4)
        }
        #expect(places[0].allSatisfy { (0..<16).contains($0) })
        #expect(dropout.places(of: 16, count: 3, seed: 1, step: 1, progress: 0.9) == nil)
        #expect(PatchDropout(share: 0.95).places(of: 4, count: 2, seed: 1, step: 1, progress: 0)?.count == 2)
    }

    @Test func `only the newest checkpoint's files stay`() throws {
        let trainer = trainer(), checkpoint = Checkpoint(folder: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for step in [3, 8] { try checkpoint.write(trainer, at: Position(step: step)) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(
            names == [
                "first_moments-8.safetensors", "position.json", "second_moments-8.safetensors", "weights-8.safetensors",
            ])
    }

    @Test func `the average takes the weights' place only while it is asked for`() throws {
        var trainer = trainer { $0.emaDecay = 0.9 }
        for number in 1...3 { _ = try trainer.step(number, on: batch, learningRate: 1e-2) }
        let weights = try floats(trainer), average = try floats(trainer, .average)
        #expect(weights != average)
        try trainer.withBestWeights { (trainer) throws(Failure) in
            let shown = try floats(trainer)
            #expect(shown == average)
        }
        #expect(try floats(trainer) == weights)
    }

    @Test func `a step without a number moves no weight and says where it began`() throws {
        var trainer = trainer()
        _ = try trainer.step(1, on: batch, learningRate: 1e-3)
        let name = trainer.store.parameters[4].name, place = trainer.store.parameters[4].tensor.range.lowerBound
        try trainer.write(.weights, place..<place + 1) { (floats) throws(Failure) in floats[0] = .infinity }
        let before = try floats(trainer), moments = try floats(trainer, .firstMoments)
        do throws(Failure) {
            _ = try trainer.step(2, on: batch, learningRate: 1e-3)
            Issue.record("the step must fail")
        } catch {
            #expect(error.kind == .badSettings && error.place == "step 2" && error.why.contains(name), "\(error.line)")
        }
        #expect(try floats(trainer) == before && floats(trainer, .firstMoments) == moments)
    }

    @Test func `the logit scale stays at 100 or below`() throws {
        var trainer = trainer()
        let scale = try #require(trainer.store.parameters.first { $0.name == "logit_scale" })
        try trainer.write(.weights, scale.tensor.range) { (floats) throws(Failure) in floats[0] = 6 }
        let figures = try trainer.step(1, on: batch, learningRate: 1e-6)
        #expect(abs((figures.logitScale ?? 0) - 100) < 1e-3)
    }
}
