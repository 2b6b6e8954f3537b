import Augmentations
import Images
import PictureFixtures
import Tensors
import Testing

@Suite struct BatchMixTests {
    private static let pictures = (0..<3).map { Picture.scene(height: 9, width: 14, shift: 70 * $0) }

    private static func luck(_ item: Int) -> SeededRandom { SeededRandom(seed: 2, purpose: .augmentation, item: item) }

    @Test(arguments: [Float(0.02), 0.2, 1, 4]) func `shares have the mean and the variance of Beta(α, α)`(alpha: Float)
    {
        let pair = [Picture](repeating: Picture(height: 1, width: 1, filledWith: .zero), count: 2)
        let shares = (0..<4000).map { item in
            var random = Self.luck(item)
            return Double(MixUp(alpha: alpha).apply(to: pair, using: &random).ownShare)
        }
        let mean = shares.reduce(0, +) / 4000, variance = shares.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / 4000
        let expected = 1 / (4 * (2 * Double(alpha) + 1))
        #expect(shares.allSatisfy { 0...1 ~= $0 })
        #expect(abs(mean - 0.5) < 5 * (expected / 4000).squareRoot())
        #expect(abs(variance / expected - 1) < 0.1)
    }

    @Test(arguments: [Float(0), 0.25, 0.7, 1]) func `each picture is added to the one before it`(share: Float) {
        let mixed = MixUp().mixed(Self.pictures, ownShare: share)
        #expect(mixed.ownShare == share)
        for (i, picture) in mixed.pictures.enumerated() {
            let own = Self.pictures[i], before = Self.pictures[(i + 2) % 3]
            for place in picture.pixels.indices {
                let sum = Double(share) * Double(own.pixels[place]) + Double(1 - share) * Double(before.pixels[place])
                #expect(abs(Double(picture.pixels[place]) - sum) < 0.501)
            }
        }
    }

    @Test func `a rectangle of the picture before lies over each, and the share is what is left`() {
        let region = Region(top: 2, left: 3, height: 4, width: 5), mixed = CutMix().mixed(Self.pictures, region)
        #expect(mixed.ownShare == 1 - Float(20) / 126)
        for (i, picture) in mixed.pictures.enumerated() {
            for y in 0..<9 {
                for x in 0..<14 {
                    let isInside = 2..<6 ~= y && 3..<8 ~= x
                    let source = Self.pictures[isInside ? (i + 2) % 3 : i]
                    #expect(picture[row: y, column: x] == source[row: y, column: x])
                }
            }
        }
    }

    @Test(arguments: [
        (50, 40, Float(0.75), 25, 20, 24, 20), (50, 40, 0.75, 49, 0, 13, 10), (50, 40, 0, 25, 20, 50, 40),
    ])
    func `a rectangle has torchvision's sides`(
        height: Int, width: Int, share: Float, row: Int, column: Int, tall: Int, wide: Int
    ) throws {
        // half = √(1 − share) / 2: a quarter of each side to either side of the middle, less what lies outside.
        let region = try #require(CutMix.region(height: height, width: width, row, column, ownShare: share))
        #expect([region.height, region.width] == [tall, wide])
        #expect(region.top >= 0 && region.top + tall <= height && region.left >= 0 && region.left + wide <= width)
    }

    @Test func `a rectangle without area changes nothing`() {
        #expect(CutMix.region(height: 50, width: 40, 3, 3, ownShare: 1) == nil)
        #expect(CutMix().mixed(Self.pictures, nil) == MixUp().mixed(Self.pictures, ownShare: 1))
    }

    @Test(arguments: [Float(0), -1, .infinity, .nan]) func `a parameter that makes no sense is a fault`(alpha: Float) {
        var mix = CutMix(), other = MixUp()
        (mix.alpha, other.alpha) = (alpha, alpha)
        #expect(mix.fault?.contains("alpha") == true && other.fault?.contains("alpha") == true)
    }

    @Test func `the same luck mixes the same`() {
        for item in 0..<20 {
            var first = Self.luck(item), second = Self.luck(item)
            #expect(
                CutMix(alpha: 0.5).apply(to: Self.pictures, using: &first)
                    == CutMix(alpha: 0.5).apply(to: Self.pictures, using: &second))
        }
    }
}
