import Augmentations
import Images
import PictureFixtures
import Tensors
import Testing

private func luck(_ item: Int) -> SeededRandom { SeededRandom(seed: 8, purpose: .augmentation, item: item) }

/// Resizing as torchvision does it on tensors.
private func tensors(_ arithmetic: ResizeArithmetic) -> Preprocessing {
    var preprocessing = Preprocessing(side: 24)
    preprocessing.arithmetic = arithmetic
    return preprocessing
}

/// Recipes of which strips can be made, in part or not at all; each gives 24 × 24 pixels.
private let recipes: [[any Augmentation]] =
    viewPresets.flatMap { $0.recipes(24).recipes.prefix(2) } + [
        .evaluation(Preprocessing(side: 24)), .evaluation(Preprocessing(side: 24, resizeMode: .squash)),
        .evaluation(tensors(.tensors)), .evaluation(tensors(.floats)),
        .evaluation(Preprocessing(side: 24, resizeMode: .longest)), .training(Preprocessing(side: 24)),
        [Shrink(shorterSide: 30), RandomResizedCrop(side: 24, scale: 0.1...1), RandomFlip()],
        [Shrink(shorterSide: 500), RandomResizedCrop(side: 24), RandomGrayscale(probability: 0.5), RandomSolarize()],
        [
            RandomResizedCrop(side: 24), RandomFlip(),
            ColorJitter(brightness: 0.5, contrast: 0, saturation: 0.5, hue: 0.2), RandomSolarize(),
        ],
        [RandomResizedCrop(side: 24, scale: 1...1, ratio: 1...1), RandomFlip(probability: 1)],
        [RandomResizedCrop(side: 24), RandomErasing(probability: 1)], [Resize(side: 27), RandomCrop(side: 24)],
    ]

private let preprocessing = Preprocessing(side: 24, std: [0.2, 0.3, 0.25])
private let layout = PatchLayout(side: 24, patchSize: 8)

@Suite struct PatchRowsTests {
    /// The picture first, then its patches.
    private func inTurn(_ recipe: [any Augmentation], _ picture: Picture, _ random: inout SeededRandom) -> [Float] {
        let square = recipe.reduce(picture) { $1.apply(to: $0, using: &random) }
        var rows = [Float](repeating: .nan, count: layout.patches * layout.rowWidth), target = rows.mutableSpan
        layout.write(square.pixels.span, mean: preprocessing.mean, std: preprocessing.std, into: &target)
        return rows
    }

    @Test(arguments: [(50, 64), (24, 24), (90, 24), (24, 31)])
    func `patches that are written strip by strip have the bits of those of a whole picture`(
        height: Int, width: Int
    ) {
        let picture = Picture.scene(height: height, width: width)
        for (number, recipe) in recipes.enumerated() {
            for item in 0..<10 {
                var single = luck(item), fused = luck(item)
                let expected = inTurn(recipe, picture, &single)
                var rows = [Float](repeating: .nan, count: expected.count), target = rows.mutableSpan
                recipe.writePatches(of: picture, layout, preprocessing, using: &fused, into: &target)
                #expect(rows.map(\.bitPattern) == expected.map(\.bitPattern), "recipe \(number), item \(item)")
                #expect(fused.next() == single.next())
            }
        }
    }

    @Test func `a file's patches are those of the decoded picture`() throws {
        for (name, golden) in try fixture("jpeg-kinds.json", as: GoldenFiles.self).cases {
            let picture = try Picture(golden.bytes, atLeast: 10), bytes = golden.bytes
            for (number, recipe) in recipes.enumerated() {
                var single = luck(number), fused = luck(number)
                let expected = inTurn(recipe, picture, &single)
                var rows = [Float](repeating: .nan, count: expected.count), target = rows.mutableSpan
                try unsafe recipe.writePatches(
                    decoding: bytes.span.bytes, named: name, atLeast: 10, layout, preprocessing, using: &fused,
                    into: &target)
                #expect(rows.map(\.bitPattern) == expected.map(\.bitPattern), "\(name), recipe \(number)")
                #expect(fused.next() == single.next())
            }
        }
    }
}
