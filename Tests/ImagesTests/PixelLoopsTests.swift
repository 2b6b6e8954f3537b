import Images
import PictureFixtures
import Processor
import Testing

@Suite struct PixelLoopsTests {
    /// What the loops make of pictures of many sizes, whole vectors or not.
    private static func results() -> [[UInt8]] {
        var results: [[UInt8]] = []
        for (height, width) in [(1, 1), (15, 33), (40, 64), (97, 50), (16, 16)] {
            let picture = Picture.scene(height: height, width: width)
            for filter in ResizeFilter.allCases {
                results.append(picture.resized(height: 31, width: 45, filter: filter).pixels)
                results.append(picture.resized(height: 7, width: 3, filter: filter).pixels)
            }
            results += [
                picture.blurred(sigma: 1.3, kernelSize: 9).pixels, picture.hueTurned(by: 0.3).pixels,
                picture.saturated(by: 1.7).pixels, picture.brightened(by: 0.6).pixels,
                picture.contrasted(by: 1.4).pixels,
                picture.luma, picture.grayscale.pixels, picture.blurred(sigma: 0.2, kernelSize: 23).pixels,
                picture.blurred(sigma: 7, kernelSize: 23).pixels,
            ]
        }
        return results
    }

    /// The bits of normalised patches.
    private static func patches() -> [UInt32] {
        [3, 8, 16, 37].flatMap { side in
            let picture = Picture.scene(height: side, width: side)
            var rows = [Float](repeating: 0, count: 3 * side * side), target = rows.mutableSpan
            normalizePatch(
                picture.pixels.span, stride: 3 * side, side: side, mean: [0.48, 0.45, 0.4], std: [0.26, 0.27, 0.28],
                into: &target, at: 0)
            return rows.map(\.bitPattern)
        }
    }

    @Test func `every level of instructions gives the same bytes`() {
        let best = Self.results(), patches = Self.patches()
        for level in InstructionLevel.available {
            InstructionLevel.with(level) {
                #expect(Self.results() == best)
                #expect(Self.patches() == patches)
            }
        }
    }
}
