import Augmentations
import Autodiff
import Failures
import Foundation
import Layers
import Tensors
import Testing

@testable import Towers

/// Folders of one tower, text towers that see both directions, and runs that start from the weights of others.
@Suite struct OneTowerFolderTests {
    private static let tokens: [Int32] = [18, 1, 7, 19, 18, 19]
    private static let segments = Segments(lengths: [4, 2])
    private static let preprocessing = Preprocessing(side: 16, resizeMode: .longest, fillColor: 255)

    private static func settings(_ change: (inout TowerChoices) -> Void = { _ in }) throws -> ModelSettings {
        var choices = TowerChoices(embedDim: 12)
        change(&choices)
        let towers = try DualEncoder(choices, else: ModelTests.small(), startToken: 18, endToken: 19)
        return try ModelSettings(model: .dualEncoder(towers), preprocessing: preprocessing)
    }

    private static var clip: ModelSettings {
        get throws { try ModelSettings(model: .clip(ModelTests.small()), preprocessing: preprocessing) }
    }

    /// The features of a model's tower, made of what its side sees.
    private func features(_ model: Model, _ side: TowerSide, on tape: inout Tape) -> [Float] {
        tape.begin(recording: false)
        guard side == .image else {
            return floats(model.features(tokens: Self.tokens, segments: Self.segments, on: &tape), of: tape)
        }
        var random = SeededRandom(seed: 5, purpose: .test)
        let patches = tape.input([8, 192]) { for i in $0.indices { $0[i] = random.normal() } }
        return floats(model.features(patches: patches, batch: 2, on: &tape), of: tape)
    }

    /// Writes one tower of a model, lends its folder, and gives its features.
    private func written(
        _ side: TowerSide, of settings: ModelSettings, to folder: String, seed: UInt64 = 5
    ) throws -> [Float] {
        var store = ParameterStore()
        let model = Model(settings.model.plan, only: side, in: &store)
        var tape = Tape(parameters: store, seed: seed)
        for parameter in store.parameters where parameter.initial == .zeros {
            var random = SeededRandom(seed: seed, purpose: .test, item: parameter.tensor.offset)
            tape.write(parameter.tensor) { for i in $0.indices { $0[i] = 0.3 * random.normal() } }
        }
        try tape.readParameters { floats in
            try ModelFolder.writeTower(
                side, of: settings, store, floats: floats, startToken: 18, endToken: 19, to: folder)
        }
        return features(model, side, on: &tape)
    }

    @Test(arguments: ImagePooling.allCases) func `a picture tower alone is read as it was written`(
        pooling: ImagePooling
    ) throws {
        try withTemporaryFolder { folder in
            let expected = try written(.image, of: Self.settings { $0.imagePooling = pooling }, to: folder)
            #expect(ModelFolder.isTower(folder))
            var choices = TowerChoices(embedDim: 7)
            choices.imageTower = folder
            #expect(try choices.preprocessing() == Self.preprocessing)
            let towers = try DualEncoder(choices, else: ModelTests.small(), startToken: 18, endToken: 19)
            #expect(towers.plan.vision.pooling == pooling)
            var tower = try LockedTower(.image, of: towers, Self.preprocessing, from: folder)
            let found = tower.features(batch: 2, plan: towers.plan) { rows in
                var random = SeededRandom(seed: 5, purpose: .test)
                for i in rows.indices { rows[i] = random.normal() }
            }
            #expect(found == expected)
        }
    }

    @Test(arguments: TextPooling.allCases, [true, false]) func `a text tower alone is read as it was written`(
        pooling: TextPooling, bidirectional: Bool
    ) throws {
        guard bidirectional || pooling != .first else { return }
        try withTemporaryFolder { folder in
            let settings = try Self.settings { ($0.textPooling, $0.textIsBidirectional) = (pooling, bidirectional) }
            let expected = try written(.text, of: settings, to: folder)
            #expect(ModelFolder.isTower(folder))
            // sentence-transformers opens the folder unless it does not know the pooling.
            let known: TextPooling? = pooling == .attention ? nil : pooling
            #expect(try SentenceTransformers.pooling(of: folder) == known)
            var choices = TowerChoices(embedDim: 7)
            choices.textTower = folder
            let towers = try DualEncoder(choices, else: ModelTests.small(), startToken: nil, endToken: nil)
            #expect(towers.plan.text.pooling == pooling && towers.plan.isCausal == !bidirectional)
            var tower = try LockedTower(.text, of: towers, Self.preprocessing, from: folder)
            #expect(tower.features(tokens: Self.tokens, segments: Self.segments) == expected)
        }
    }

    @Test func `a bidirectional tower of a preset has its sizes and its family's initial weights`() throws {
        let plan = try Self.settings { $0.textIsBidirectional = true }.model.plan, preset = ModelTests.small().text
        #expect(plan.text.blocks.width == preset.width && plan.text.blocks.layers == preset.layers)
        #expect(plan.contextLength == preset.contextLength && plan.vocabSize == preset.vocabSize)
        #expect(plan.text.pooling == .mean && !plan.isCausal)
        var store = ParameterStore()
        _ = Model(plan, only: .text, in: &store)
        func initial(_ name: String) -> ParameterStore.Initial? {
            store.parameters.first { $0.name == "text_model.\(name)" }?.initial
        }
        #expect(initial("embeddings.word_embeddings.weight") == .normal(deviation: 0.02))
        #expect(initial("embeddings.position_embeddings.weight") == .normal(deviation: 0.02))
        #expect(initial("encoder.layer.1.attention.self.key.weight") == .normal(deviation: 0.02))
        #expect(initial("encoder.layer.1.output.dense.weight") == .normal(deviation: 0.01))
    }

    @Test func `a later token changes an earlier row only where the tower sees both directions`() throws {
        for bidirectional in [true, false] {
            let plan = try Self.settings { $0.textIsBidirectional = bidirectional }.model.plan
            var store = ParameterStore()
            let model = Model(plan, only: .text, in: &store)
            var tape = Tape(parameters: store, seed: 5)
            let rows = [19, 3].map { last in
                let rows = model.rows(tokens: [18, 1, Int32(last)], segments: Segments(lengths: [3]), on: &tape)
                return Array(floats(rows.tensor, of: tape)[..<16])
            }
            #expect((rows[0] != rows[1]) == bidirectional)
        }
    }

    @Test func `the second of two sentences is told apart`() throws {
        let plan = try Self.settings { $0.textIsBidirectional = true }.model.plan
        var store = ParameterStore()
        let model = Model(plan, only: .text, in: &store)
        var tape = Tape(parameters: store, seed: 5)
        func features(_ kinds: [Int32]?) -> [Float] {
            floats(
                model.features(tokens: Self.tokens, segments: Self.segments, kinds: kinds, on: &tape), of: tape)
        }
        #expect(plan.segmentKinds == 2 && features([0, 0, 0, 0, 0, 0]) == features(nil))
        #expect(features([0, 0, 1, 1, 0, 0]) != features(nil))
    }

    @Test func `a locked tower without a learnt pooling cannot be pooled by it`() throws {
        try withTemporaryFolder { folder in
            _ = try written(.text, of: Self.settings(), to: folder)
            var choices = TowerChoices(embedDim: 7)
            (choices.textTower, choices.textPooling) = (folder, .attention)
            let towers = try DualEncoder(choices, else: ModelTests.small(), startToken: nil, endToken: nil)
            let failure = #expect(throws: Failure.self) {
                _ = try LockedTower(.text, of: towers, Self.preprocessing, from: folder)
            }
            #expect(failure?.line.contains("tensor pooling.query: found none, expected [1, 16]") == true)
            var store = ParameterStore()
            let model = Model(towers.plan, in: &store)
            var tape = Tape(parameters: store, seed: 5)
            try model.readTower(.text, of: towers, from: folder, store, into: &tape)
        }
    }

    // MARK: - Starting from a run

    /// Writes a whole model, and gives the features of both its towers.
    private func writtenRun(of settings: ModelSettings, to folder: String) throws -> [TowerSide: [Float]] {
        var store = ParameterStore()
        let model = Model(settings.model.plan, in: &store)
        var tape = Tape(parameters: store, seed: 9)
        try tape.readParameters { floats in
            try ModelFolder.write(settings, store, floats: floats, startToken: 18, endToken: 19, to: folder)
        }
        let sides = TowerSide.allCases
        return Dictionary(uniqueKeysWithValues: sides.map { ($0, features(model, $0, on: &tape)) })
    }

    @Test(arguments: ["clip", "clip with mean pooling", "two towers", "both directions"])
    func `towers start from a run of a whole model`(kind: String) throws {
        try withTemporaryFolder { folder in
            var settings = try Self.clip
            switch kind {
            case "clip": break
            case "clip with mean pooling":
                settings.model = .clip(ModelTests.small { $0.vision.pooling = .mean })
            case "two towers": settings = try Self.settings { $0.textPooling = .attention }
            default: settings = try Self.settings { $0.textIsBidirectional = true }
            }
            let expected = try writtenRun(of: settings, to: folder)
            for side in TowerSide.allCases {
                var store = ParameterStore()
                let model = Model(settings.model.plan, only: side, in: &store)
                var tape = Tape(parameters: store, seed: 1)
                #expect(features(model, side, on: &tape) != expected[side])
                try model.readTowers([side], ofRun: folder, store, into: &tape)
                #expect(features(model, side, on: &tape) == expected[side])
            }
            var store = ParameterStore()
            let model = Model(settings.model.plan, in: &store)
            var tape = Tape(parameters: store, seed: 1)
            try model.readTowers(Set(TowerSide.allCases), ofRun: folder, store, into: &tape)
            #expect(features(model, .image, on: &tape) == expected[.image])
            #expect(features(model, .text, on: &tape) == expected[.text])
        }
    }

    @Test(arguments: TowerSide.allCases) func `a whole model starts from a run of one tower`(side: TowerSide) throws {
        try withTemporaryFolder { folder in
            let expected = try written(side, of: Self.clip, to: folder)
            var store = ParameterStore()
            let model = Model(try Self.clip.model.plan, in: &store)
            var tape = Tape(parameters: store, seed: 1)
            try model.readTowers([side], ofRun: folder, store, into: &tape)
            #expect(features(model, side, on: &tape) == expected)
            let other: TowerSide = side == .image ? .text : .image
            let failure = #expect(throws: Failure.self) {
                try model.readTowers([other], ofRun: folder, store, into: &tape)
            }
            #expect(failure?.kind == .badSettings)
        }
    }

    @Test func `a run of other sizes is refused by the setting that differs`() throws {
        try withTemporaryFolder { folder in
            _ = try writtenRun(of: Self.clip, to: folder)
            func line(_ plan: ModelPlan, _ side: TowerSide) -> String? {
                var store = ParameterStore()
                let model = Model(plan, only: side, in: &store)
                var tape = Tape(parameters: store, seed: 1)
                return #expect(throws: Failure.self) {
                    try model.readTowers([side], ofRun: folder, store, into: &tape)
                }?.line
            }
            let wide = line(ModelTests.small { $0.text.contextLength = 9 }.plan, .text)
            #expect(wide?.contains("context length of its text tower: found 8, expected 9") == true)
            let deep = line(ModelTests.small { $0.vision.layers = 3 }.plan, .image)
            #expect(deep?.contains("layers of its picture tower: found 2, expected 3") == true)
            let other = line(try Self.settings { $0.textIsBidirectional = true }.model.plan, .text)
            #expect(other?.contains("the names of its text tower: found encoder.layers.0.self_attn.q_proj") == true)
        }
    }

    @Test func `a tower that learns by low-rank updates starts from a run as any other`() throws {
        try withTemporaryFolder { folder in
            let settings = try Self.clip, expected = try writtenRun(of: settings, to: folder)
            let tuning = FineTuning(of: [.text], rate: 1, layerDecay: 1, rank: 2)
            var store = ParameterStore()
            let model = Model(settings.model.plan, only: .text, tuning: tuning, in: &store)
            var tape = Tape(parameters: store, seed: 1)
            try model.readTowers([.text], ofRun: folder, store, into: &tape)
            #expect(relativeError(features(model, .text, on: &tape), try #require(expected[.text])) < 1e-5)
        }
    }

    @Test func `a run of smaller pictures is one to start from`() throws {
        try withTemporaryFolder { folder in
            _ = try writtenRun(of: Self.clip, to: folder)
            var store = ParameterStore()
            let model = Model(ModelTests.small { $0.vision.imageSize = 24 }.plan, only: .image, in: &store)
            var tape = Tape(parameters: store, seed: 1)
            try model.readTowers([.image], ofRun: folder, store, into: &tape)
        }
    }
}
