import Augmentations
import Foundation
import Images
import PictureFixtures
import Tensors
import Testing

private func luck(_ item: Int) -> SeededRandom { SeededRandom(seed: 8, purpose: .augmentation, item: item) }

@Suite struct ViewRecipesTests {
    @Test func `every preset gives its views at their sides`() {
        let picture = Picture.scene(height: 70, width: 90)
        let sides = Dictionary(
            uniqueKeysWithValues: viewPresets.map { preset in
                var random = luck(0)
                let views = preset.recipes(32).views(of: picture, using: &random)
                return (preset.name, views.map { [$0.height, $0.width] })
            })
        for name in ["simclr", "moco-v2", "moco-v3", "byol"] { #expect(sides[name] == [[32, 32], [32, 32]]) }
        #expect(sides["clip"] == [[32, 32]])
        #expect(sides["dino"] == [[32, 32], [32, 32]] + Array(repeating: [16, 16], count: 8))
    }

    @Test func `presets have names of their own`() {
        #expect(Set(viewPresets.map(\.name)).count == viewPresets.count)
    }

    @Test func `views of one picture differ, and are the same again for the same luck`() {
        let picture = Picture.scene(height: 70, width: 90)
        for preset in viewPresets {
            var first = luck(1), second = luck(1)
            let views = preset.recipes(32).views(of: picture, using: &first)
            #expect(views == preset.recipes(32).views(of: picture, using: &second))
            for i in views.indices { for j in 0..<i { #expect(views[i] != views[j], "\(preset.name) \(i) \(j)") } }
        }
    }

    @Test func `saved views are read as they were`() throws {
        let picture = Picture.scene(height: 70, width: 90)
        for preset in viewPresets {
            let saved = try JSONEncoder().encode(preset.recipes(32))
            let read = try JSONDecoder().decode(ViewRecipes.self, from: saved)
            var first = luck(2), second = luck(2)
            #expect(
                read.views(of: picture, using: &first) == preset.recipes(32).views(of: picture, using: &second))
        }
    }

    @Test func `a fault in one of the recipes is an error`() {
        let text = #"[[{"name": "random_flip", "probability": 0.5}], [{"name": "random_flip", "probability": 5}]]"#
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ViewRecipes.self, from: Data(text.utf8)) }
    }

    @Test func `the first views do not depend on how many follow`() {
        let picture = Picture.scene(height: 70, width: 90)
        var first = luck(3), second = luck(3)
        let few = ViewRecipes.dino(side: 32, localSide: 16, localCrops: 2).views(of: picture, using: &first)
        let many = ViewRecipes.dino(side: 32, localSide: 16, localCrops: 6).views(of: picture, using: &second)
        #expect(few == Array(many.prefix(4)))
    }

    @Test func `what all recipes begin with and draws no luck is done once`() {
        let head: [any Augmentation] = [Shrink(shorterSide: 40), PadToSquare()]
        let views = ViewRecipes([head + .simCLR(side: 16), head + [Resize(side: 16)]])
        #expect(views.parts.fixed.map { type(of: $0).name } == ["shrink", "pad_to_square"])
        #expect(views.parts.views.recipes.map(\.count) == [5, 1])
        let other = ViewRecipes([[Shrink(shorterSide: 40)], [Shrink(shorterSide: 41)]])
        #expect(other.parts.fixed.isEmpty && other.parts.views.recipes.map(\.count) == [1, 1])
        let picture = Picture.scene(height: 70, width: 90)
        var first = luck(4), second = luck(4)
        let shared = views.parts.fixed.apply(to: picture, using: &first)
        #expect(
            views.parts.views.views(of: shared, using: &first) == views.views(of: picture, using: &second))
    }

    @Test func `published settings are as published`() throws {
        func settings<Step: Augmentation>(_ recipe: [any Augmentation]) -> Step? {
            recipe.lazy.compactMap { $0 as? Step }.first
        }
        let byol = ViewRecipes.byol(side: 224).recipes
        let blurs: [GaussianBlur?] = byol.map { settings($0) },
            inversions: [RandomSolarize?] = byol.map { settings($0) }
        #expect(blurs.map { $0?.probability } == [1, 0.1] && blurs.allSatisfy { $0?.kernelSize == 23 })
        #expect(inversions.map { $0?.probability } == [0, 0.2] && inversions.allSatisfy { $0?.threshold == 128 })
        let jitter: ColorJitter = try #require(settings(.simCLR(side: 224)))
        #expect([jitter.brightness, jitter.contrast, jitter.saturation] == [0.8, 0.8, 0.8] && jitter.hue == 0.2)
        let crops: [RandomResizedCrop?] = ViewRecipes.dino(side: 224, localSide: 96).recipes.map { settings($0) }
        #expect(crops.map { $0?.side } == [224, 224] + Array(repeating: 96, count: 8))
        #expect(crops.map { $0?.scale } == [0.4...1, 0.4...1] + Array(repeating: 0.05...0.4, count: 8))
        let moco: RandomResizedCrop = try #require(settings(ViewRecipes.mocoV2(side: 224).recipes[0]))
        #expect(moco.scale == 0.2...1)
    }
}
