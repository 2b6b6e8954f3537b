import Images
import PictureFixtures
import Testing

@Suite struct ResizingTests {
    @Test func `every filter gives Pillow's bytes`() throws {
        let golden = try fixture("resizing.json", as: GoldenResults.self)
        #expect(golden.cases.count == 24)
        for result in golden.cases {
            let filter = try #require(result.filter)
            let resized = golden.source.picture.resized(height: result.height, width: result.width, filter: filter)
            #expect(resized == result.picture, "\(filter) \(result.height) × \(result.width)")
        }
    }

    @Test func `the same size is the same picture`() {
        let picture = Picture.scene(height: 5, width: 9)
        #expect(picture.resized(height: 5, width: 9) == picture)
    }

    @Test(arguments: [(480, 640, 224, 298), (375, 500, 64, 85), (300, 200, 96, 64), (7, 7, 3, 3), (1, 30, 4, 120)])
    func `the shorter side is met and the longer is rounded down`(
        height: Int, width: Int, newHeight: Int, newWidth: Int
    ) {
        let small = Picture(height: height, width: width, filledWith: .zero)
            .resized(shorterSide: min(newHeight, newWidth))
        #expect([small.height, small.width] == [newHeight, newWidth])
    }

    @Test(arguments: [(480, 640, 24, 32), (3, 640, 1, 32), (640, 50, 32, 2), (640, 70, 32, 4)])
    func `the longer side is met and the shorter is rounded`(height: Int, width: Int, newHeight: Int, newWidth: Int) {
        let small = Picture(height: height, width: width, filledWith: .zero).resized(longerSide: 32)
        #expect([small.height, small.width] == [newHeight, newWidth])
    }

    @Test(arguments: [(37, 61, 16), (61, 37, 16), (20, 20, 32), (3, 50, 5), (64, 40, 40), (40, 43, 40)])
    func `resizing and cropping at once gives the same bytes`(height: Int, width: Int, side: Int) {
        let picture = Picture.scene(height: height, width: width)
        #expect(picture.resizedAndCenterCropped(side) == picture.resized(shorterSide: side).centerCropped(side))
    }

    @Test func `a strip of extreme proportions becomes a square without its full length`() {
        let strip = Picture(height: 1, width: 60_000, filledWith: SIMD3(9, 8, 7))
        #expect(strip.resizedAndCenterCropped(224) == Picture(height: 224, width: 224, filledWith: SIMD3(9, 8, 7)))
    }

    @Test func `a blur keeps one colour and mirrors the edge`() {
        let plain = Picture(height: 6, width: 9, filledWith: SIMD3(255, 128, 0))
        #expect(plain.blurred(sigma: 1.5, kernelSize: 5) == plain)
        var dot = Picture(height: 1, width: 5, filledWith: .zero)
        dot[row: 0, column: 1] = SIMD3(200, 200, 200)
        // The kernel of three with sigma 1 is (.274, .452, .274); at the left edge the dot is seen twice.
        let reds = dot.blurred(sigma: 1, kernelSize: 3).pixels.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        #expect(reds == [110, 90, 55, 0, 0])
    }
}
