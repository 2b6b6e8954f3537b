import Augmentations
import Images
import PictureFixtures
import Tensors
import Testing

private func luck(_ item: Int) -> SeededRandom { SeededRandom(seed: 21, purpose: .augmentation, item: item) }

@Suite struct ApplyingTests {
    /// Each step by itself.
    private static func inTurn(
        _ recipe: [any Augmentation], _ picture: Picture, _ random: inout SeededRandom
    ) -> Picture {
        recipe.reduce(picture) { $1.apply(to: $0, using: &random) }
    }

    private static let recipes: [[any Augmentation]] =
        viewPresets.flatMap { $0.recipes(24).recipes } + [
            [RandomFlip(), RandomResizedCrop(side: 9), RandomFlip(), RandomFlip()], [RandomResizedCrop(side: 16)], [],
            [Resize(side: 20), RandomResizedCrop(side: 20, scale: 1...1, ratio: 1...1), RandomFlip(probability: 1)],
        ]

    @Test func `steps that are joined give the bytes of one after the other, and draw the same luck`() {
        let picture = Picture.scene(height: 50, width: 64)
        for recipe in Self.recipes {
            for item in 0..<12 {
                var joined = luck(item), single = luck(item)
                #expect(recipe.apply(to: picture, using: &joined) == Self.inTurn(recipe, picture, &single))
                #expect(joined.next() == single.next())
            }
        }
    }

    @Test func `a file's view is that of the decoded picture`() throws {
        let files = try fixture("jpeg-kinds.json", as: GoldenFiles.self).cases
            .merging(try fixture("orientations.json", as: GoldenFiles.self).cases) { first, _ in first }
        for (name, golden) in files {
            for side in [nil, 10] as [Int?] {
                let picture = try Picture(golden.bytes, atLeast: side)
                for (number, recipe) in Self.recipes.enumerated() {
                    var fused = luck(number), single = luck(number)
                    let bytes = golden.bytes
                    let view = try unsafe recipe.apply(
                        decoding: bytes.span.bytes, named: name, atLeast: side, using: &fused)
                    #expect(view == Self.inTurn(recipe, picture, &single), "\(name) \(number)")
                    #expect(fused.next() == single.next())
                }
            }
        }
    }
}
