import Augmentations
import Foundation
import Images
import PictureFixtures
import Tensors
import Testing

private func luck(_ item: Int) -> SeededRandom { SeededRandom(seed: 11, purpose: .augmentation, epoch: 2, item: item) }

@Suite struct AugmentationTests {
    private static let all: [any Augmentation] =
        .simCLR(side: 24) + [
            PadToSquare(), RandomCrop(side: 20), RandomTranslation(distance: 3), RandAugment(), TrivialAugmentWide(),
            RandomErasing(), RandomSolarize(), Resize(side: 16, mode: .longest), Shrink(shorterSide: 8),
        ]

    @Test func `the same luck gives the same bytes, other luck others`() {
        let picture = Picture.scene(height: 40, width: 56)
        var results: [Picture] = []
        for item in 0..<8 {
            var first = luck(item), second = luck(item)
            results.append([any Augmentation].simCLR(side: 24).apply(to: picture, using: &first))
            #expect([any Augmentation].simCLR(side: 24).apply(to: picture, using: &second) == results[item])
        }
        for i in results.indices { for j in 0..<i { #expect(results[i] != results[j]) } }
    }

    @Test func `pictures of any size become views`() {
        for (height, width) in [(1, 1), (1, 300), (300, 1), (23, 24), (50, 7)] {
            let picture = Picture.scene(height: height, width: width)
            for item in 0..<10 {
                var random = luck(item)
                for recipe: [any Augmentation] in [
                    .simCLR(side: 24), .training(Preprocessing(side: 24)), .evaluation(Preprocessing(side: 24)),
                    .training(Preprocessing(side: 24, resizeMode: .longest)),
                    .training(Preprocessing(side: 24, resizeMode: .squash), flips: false),
                ] {
                    let view = recipe.apply(to: picture, using: &random)
                    #expect(view.height == 24 && view.width == 24)
                }
            }
        }
    }

    @Test func `a saved recipe is read as it was`() throws {
        let saved = try JSONEncoder().encode(SavedRecipe(Self.all))
        let read = try JSONDecoder().decode(SavedRecipe.self, from: saved)
        #expect(read.steps.map { type(of: $0).name } == Self.all.map { type(of: $0).name })
        let picture = Picture.scene(height: 30, width: 40)
        for item in 0..<5 {
            var first = luck(item), second = luck(item)
            #expect(read.steps.apply(to: picture, using: &first) == Self.all.apply(to: picture, using: &second))
        }
    }

    @Test func `the list names every augmentation once`() {
        #expect(Set(augmentations.map { $0.name }).count == augmentations.count)
        #expect(Set(Self.all.map { type(of: $0).name }) == Set(augmentations.map { $0.name }))
    }

    @Test func `only steps at the head that draw no luck are fixed`() {
        let parts = ([Shrink(shorterSide: 8), RandomCrop(side: 4), Resize(side: 3)] as [any Augmentation]).parts
        #expect(parts.fixed.map { type(of: $0).name } == ["shrink"])
        #expect(parts.drawn.map { type(of: $0).name } == ["random_crop", "resize"])
    }

    @Test func `an unknown name in a recipe is an error that names it`() {
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SavedRecipe.self, from: Data(#"[{"name": "swirl"}]"#.utf8))
        }
        #expect("\(error, default: "none")".contains("swirl"))
    }

    @Test(arguments: [
        #"{"name": "random_crop", "side": 0, "fill": 1}"#, #"{"name": "random_flip", "probability": 2}"#,
        #"{"name": "gaussian_blur", "kernelSize": 4, "sigma": [1, 2], "probability": 1}"#,
        #"{"name": "rand_augment", "operations": 2, "magnitude": 31, "magnitudeBins": 31, "filter": "nearest", "fill": 0}"#,
        #"{"name": "random_erasing", "probability": 1, "scale": [0, 0.5], "ratio": [1, 2]}"#,
        #"{"name": "shrink", "shorterSide": -1}"#, #"{"name": "random_translation", "distance": -1}"#,
    ])
    func `settings that make no sense are an error that says what was found`(step: String) {
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SavedRecipe.self, from: Data("[\(step)]".utf8))
        }
        #expect("\(error, default: "none")".contains(": found"))
    }
}

@Suite struct RandomCropTests {
    /// A picture whose red is the row and green the column.
    private static func map(height: Int, width: Int) -> Picture {
        Picture(
            height: height, width: width,
            pixels: (0..<height * width).flatMap { [UInt8($0 / width), UInt8($0 % width), 0] })
    }

    @Test func `every place is reached, and no other`() {
        let picture = Self.map(height: 6, width: 8)
        var corners: Set<SIMD3<UInt8>> = []
        for item in 0..<400 {
            var random = luck(item)
            let part = RandomCrop(side: 4).apply(to: picture, using: &random)
            let corner = part[row: 0, column: 0]
            #expect(part[row: 3, column: 3] == corner &+ SIMD3(3, 3, 0))
            corners.insert(corner)
        }
        #expect(corners.count == 3 * 5)
    }

    @Test func `a translation reaches every place, and fills or repeats the edge`() {
        let picture = Self.map(height: 6, width: 8)
        var middles: Set<SIMD3<UInt8>> = []
        for item in 0..<400 {
            var first = luck(item), second = luck(item)
            let filled = RandomTranslation(distance: 2, fill: 255).apply(to: picture, using: &first)
            let repeated = RandomTranslation(distance: 2).apply(to: picture, using: &second)
            let middle = filled[row: 3, column: 3]
            middles.insert(middle)
            for y in 0..<6 {
                for x in 0..<8 {
                    let row = Int(middle.x) + y - 3, column = Int(middle.y) + x - 3
                    let isInside = (0..<6).contains(row) && (0..<8).contains(column)
                    let nearest = SIMD3(UInt8(min(max(row, 0), 5)), UInt8(min(max(column, 0), 7)), 0)
                    #expect(filled[row: y, column: x] == (isInside ? nearest : SIMD3(repeating: 255)))
                    #expect(repeated[row: y, column: x] == nearest)
                }
            }
        }
        #expect(middles.count == 5 * 5)
    }

    @Test func `a resized crop keeps the shares and proportions that were asked for`() {
        let picture = Self.map(height: 100, width: 100)
        let crop = RandomResizedCrop(side: 50, scale: 0.25...0.25, ratio: 1...1, filter: .box)
        var corners: Set<SIMD3<UInt8>> = []
        for item in 0..<50 {
            var random = luck(item)
            let part = crop.apply(to: picture, using: &random)  // a quarter of the area: 50 × 50, so not resized
            #expect(part[row: 49, column: 49] == part[row: 0, column: 0] &+ SIMD3(49, 49, 0))
            corners.insert(part[row: 0, column: 0])
        }
        #expect(corners.count > 40)
    }

    @Test func `a strip falls back to its middle`() {
        let strip = Self.map(height: 3, width: 120)
        var random = luck(0)
        let part = RandomResizedCrop(side: 4, scale: 1...1, ratio: 1...4 / 3, filter: .box).apply(
            to: strip, using: &random)
        // 3 × 4 pixels from column (120 − 4) / 2.
        #expect((0..<4).map { part[row: 0, column: $0][1] } == [58, 59, 60, 61])
    }

    @Test func `a flip happens as often as asked`() {
        let picture = Self.map(height: 1, width: 2)
        let flips = (0..<1000).filter { item in
            var random = luck(item)
            return RandomFlip(probability: 0.3).apply(to: picture, using: &random) != picture
        }
        #expect(240...360 ~= flips.count)
    }

    @Test func `a view of probability zero is the picture itself`() {
        let picture = Picture.scene(height: 9, width: 9)
        var random = luck(0)
        let never: [any Augmentation] = [
            RandomFlip(probability: 0), RandomGrayscale(probability: 0), GaussianBlur(kernelSize: 3, probability: 0),
            ColorJitter(brightness: 1, contrast: 1, saturation: 1, hue: 0.5, probability: 0),
            ColorJitter(brightness: 0, contrast: 0, saturation: 0, hue: 0), PadToSquare(),
        ]
        #expect(never.apply(to: picture, using: &random) == picture)
    }

    @Test func `a long strip is padded to a square of bounded size`() {
        var random = luck(0)
        let square = PadToSquare(longest: 64).apply(to: Self.map(height: 1, width: 200), using: &random)
        #expect(square.height == 64 && square.width == 64)
    }
}
