import Images
import PictureFixtures
import Testing

@Suite struct CroppingTests {
    private let picture = Picture(height: 2, width: 3, pixels: (0..<18).map { UInt8($0) })

    @Test func `a crop holds the pixels from its corner`() {
        let part = picture.cropped(top: 1, left: 1, height: 1, width: 2)
        #expect(part == Picture(height: 1, width: 2, pixels: [12, 13, 14, 15, 16, 17]))
    }

    @Test func `a flip reverses every row`() {
        #expect(picture.flipped().pixels == [6, 7, 8, 3, 4, 5, 0, 1, 2, 15, 16, 17, 12, 13, 14, 9, 10, 11])
        #expect(picture.flipped().flipped() == picture)
    }

    @Test func `an odd remainder of a centre crop goes to the end`() {
        let row = Picture(height: 1, width: 4, pixels: [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
        #expect(row.centerCropped(1).pixels == [1, 1, 1])
        let odd = Picture(height: 5, width: 8, filledWith: SIMD3(1, 1, 1)).centerCropped(5)
        #expect([odd.height, odd.width] == [5, 5])
    }

    @Test func `a small picture is surrounded`() {
        let square = Picture(height: 1, width: 2, pixels: [1, 1, 1, 2, 2, 2]).paddedToSquare(fill: SIMD3(9, 9, 9))
        #expect(square.pixels == [1, 1, 1, 2, 2, 2, 9, 9, 9, 9, 9, 9])
        let larger = Picture(height: 1, width: 1, pixels: [1, 2, 3]).centerCropped(3, fill: SIMD3(7, 7, 7))
        #expect(larger[row: 1, column: 1] == SIMD3(1, 2, 3))
        #expect(larger.pixels.filter { $0 == 7 }.count == 24)
    }

    @Test func `shades of grey fill all three channels`() {
        let shades: [UInt8] = [0, 128, 255]
        let grey = Picture(grayscale: shades.span, height: 1, width: 3)
        #expect(grey.pixels == [0, 0, 0, 128, 128, 128, 255, 255, 255])
        #expect(grey.luma == shades)
    }
}
