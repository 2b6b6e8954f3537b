import Images
import PictureFixtures
import Testing

/// What Pillow makes of parts of a picture.
private struct GoldenParts: Decodable {
    struct Result: Decodable {
        var filter: ResizeFilter, box: [Double], result: GoldenPicture
    }

    var source: GoldenPicture
    var results: [Result]
}

extension Picture {
    /// Bilinear resizing as the formula says it, pixel by pixel: each side's weights in whole 2⁻²², 8 bit in between, and
    /// columns first where the height loses more than twice what the width loses.
    fileprivate func resizedPlainly(height newHeight: Int, width newWidth: Int) -> Picture {
        func weights(_ length: Int, _ newLength: Int, _ at: Int) -> [(Int, Int)] {
            let scale = Double(length) / Double(newLength), stretch = max(scale, 1), center = (Double(at) + 0.5) * scale
            let inside = (0..<length).map { max(0, 1 - abs((Double($0) - center + 0.5) * (1 / stretch))) }
            let reached = max(Int(center - stretch + 0.5), 0)..<min(Int(center + stretch + 0.5), length)
            let sum = inside[reached].reduce(0, +)
            return reached.map { ($0, Int((inside[$0] / sum * 0x1p22 + 0.5).rounded(.down))) }
        }
        func byte(_ sum: Int) -> UInt8 { UInt8(min(max((sum + 1 << 21) >> 22, 0), 255)) }
        func alongRows(_ picture: Picture) -> Picture {
            guard newWidth != width else { return picture }
            var result = Picture(height: picture.height, width: newWidth, filledWith: .zero)
            for x in 0..<newWidth {
                let weights = weights(width, newWidth, x)
                for y in 0..<picture.height {
                    for c in 0..<3 {
                        result.pixels[(y * newWidth + x) * 3 + c] = byte(
                            weights.reduce(0) { $0 + Int(picture.pixels[(y * width + $1.0) * 3 + c]) * $1.1 })
                    }
                }
            }
            return result
        }
        func alongColumns(_ picture: Picture) -> Picture {
            guard newHeight != height else { return picture }
            let length = picture.width * 3
            var result = Picture(height: newHeight, width: picture.width, filledWith: .zero)
            for y in 0..<newHeight {
                let weights = weights(height, newHeight, y)
                for i in 0..<length {
                    result.pixels[y * length + i] = byte(
                        weights.reduce(0) { $0 + Int(picture.pixels[$1.0 * length + i]) * $1.1 })
                }
            }
            return result
        }
        let isVerticalFirst = height > newHeight && height - newHeight > 2 * (width - newWidth)
        return isVerticalFirst ? alongRows(alongColumns(self)) : alongColumns(alongRows(self))
    }
}

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

    @Test func `tensors' arithmetic gives torchvision's bytes`() throws {
        let golden = try fixture("tensor-resizing.json", as: GoldenResults.self), source = golden.source.picture
        #expect(golden.cases.count == 16)
        for result in golden.cases {
            let filter = try #require(result.filter)
            let resized =
                result.kind == "crop"
                ? source.resizedAndCenterCropped(
                    result.height, shorterSide: Int(try #require(result.factor)), filter: filter, arithmetic: .tensors)
                : source.resized(height: result.height, width: result.width, filter: filter, arithmetic: .tensors)
            #expect(resized == result.picture, "\(filter) \(result.height) × \(result.width)")
        }
    }

    @Test func `a part between pixels gives Pillow's bytes`() throws {
        let golden = try fixture("resizing-parts.json", as: GoldenParts.self)
        #expect(golden.results.count == 10)
        for result in golden.results {
            let (left, top, right, bottom) = (result.box[0], result.box[1], result.box[2], result.box[3])
            let resized = golden.source.picture.resized(
                rows: top..<bottom, columns: left..<right, height: 13, width: 17, filter: result.filter)
            #expect(resized == result.result.picture, "\(result.filter) \(result.box)")
        }
    }

    @Test(arguments: [1, 2, 15, 16, 17, 33, 100])
    func `rows and columns of any number are resized as Pillow's formula says`(
        count: Int
    ) {
        for (height, width) in [(count, 40), (40, count), (count, count)] {
            for (newHeight, newWidth) in [(7, 19), (23, 5), (40, 31), (1, 64)] {
                let picture = Picture.scene(height: height, width: width)
                let resized = picture.resized(height: newHeight, width: newWidth, filter: .bilinear)
                #expect(resized == picture.resizedPlainly(height: newHeight, width: newWidth))
            }
        }
    }

    @Test func `a part is resized and mirrored at once`() {
        let picture = Picture.scene(height: 50, width: 70)
        let regions = [
            Region(top: 0, left: 0, height: 50, width: 70), Region(top: 7, left: 11, height: 20, width: 33),
            Region(top: 49, left: 69, height: 1, width: 1), Region(top: 3, left: 0, height: 24, width: 24),
        ]
        for region in regions {
            for isFlipped in [false, true] {
                let expected = picture.cropped(to: region).resized(height: 24, width: 24)
                #expect(
                    picture.resized(region, height: 24, width: 24, isFlipped: isFlipped)
                        == (isFlipped ? expected.flipped() : expected))
            }
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
