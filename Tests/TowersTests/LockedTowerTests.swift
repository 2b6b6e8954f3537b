import Augmentations
import Autodiff
import Failures
import Foundation
import Tensors
import Testing

@testable import Towers

/// Towers that stay as they are.
@Suite struct LockedTowerTests {
    private static let fixtures =
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/golden/towers").path

    private func towers() throws -> DualEncoder {
        var choices = TowerChoices(embedDim: 10)
        (choices.imageTower, choices.textTower) = ("\(Self.fixtures)/dinov2", "\(Self.fixtures)/bert")
        (choices.imageSize, choices.imageLayer, choices.imagePooling) = (42, 2, .classAndMean)
        return try DualEncoder(choices, else: ModelConfiguration(named: "vit-nano-8-64"), startToken: 3, endToken: 2)
    }

    private func patches(_ pictures: Range<Int>, _ plan: ModelPlan) -> [Float] {
        pictures.flatMap { picture in
            (0..<plan.patches * plan.patchWidth).map { Float(($0 * 31 + picture * 57) % 101) / 50 - 1 }
        }
    }

    @Test func `features do not depend on what is computed beside them`() throws {
        let towers = try towers(), plan = towers.plan
        var tower = try LockedTower(.image, of: towers, Preprocessing(side: 42), from: "\(Self.fixtures)/dinov2")
        func features(_ pictures: Range<Int>) -> [Float] {
            let floats = patches(pictures, plan)
            return tower.features(batch: pictures.count, plan: plan) { for i in floats.indices { $0[i] = floats[i] } }
        }
        let together = features(0..<7)
        #expect(together.count == 7 * 48)
        #expect(together == features(0..<3) + features(3..<7))
        #expect(together == (0..<7).flatMap { features($0..<$0 + 1) })
    }

    @Test func `a model whose towers lie in files of their own embeds as the towers do`() throws {
        try withTemporaryFolder { folder in
            let towers = try towers(), plan = towers.plan, locked = Set(TowerSide.allCases)
            var store = ParameterStore()
            let model = Model(plan, without: locked, in: &store)
            var tape = Tape(parameters: store, seed: 4)
            let settings = try ModelSettings(model: .dualEncoder(towers), preprocessing: Preprocessing(side: 42))
            var image = try LockedTower(.image, of: towers, Preprocessing(side: 42), from: "\(Self.fixtures)/dinov2")
            try image.write(to: folder)
            try LockedTower(.text, of: towers, Preprocessing(side: 42), from: "\(Self.fixtures)/bert").write(to: folder)
            try tape.readParameters { floats in
                try ModelFolder.write(
                    settings, store, floats: floats, locked: locked, startToken: 3, endToken: 2, to: folder)
            }
            let pixels = patches(0..<2, plan)
            let rows = image.features(batch: 2, plan: plan) { for i in pixels.indices { $0[i] = pixels[i] } }
            tape.begin(recording: false)
            let input = tape.input([2, 48]) { for i in rows.indices { $0[i] = rows[i] } }
            let expected = model.embed(input, of: .image, on: &tape)
            var loaded = try ModelFolder.read(folder)
            loaded.tape.begin(recording: false)
            let patches = loaded.tape.input([2 * plan.patches, plan.patchWidth]) {
                for i in pixels.indices { $0[i] = pixels[i] }
            }
            let found = loaded.model.embed(patches: patches, batch: 2, on: &loaded.tape)
            #expect(floats(expected, of: tape) == floats(found, of: loaded.tape))
            let again = try LockedTower(.image, of: towers, Preprocessing(side: 42), from: folder)
            #expect(again.fingerprint == image.fingerprint, "a run finds the features of its own towers")
        }
    }
}
