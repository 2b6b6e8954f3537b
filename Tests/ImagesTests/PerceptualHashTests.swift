import Images
import PictureFixtures
import Testing

@Suite struct PerceptualHashTests {
    private func distance(_ a: Picture, _ b: Picture) -> Int {
        Picture.hashDistance(a.perceptualHash, b.perceptualHash)
    }

    @Test func `a copy of another size is near`() {
        let picture = Picture.scene(height: 120, width: 160)
        #expect(distance(picture, picture.resized(height: 60, width: 80)) <= 4)
        #expect(distance(picture, picture.resized(height: 200, width: 300, filter: .bilinear)) <= 4)
    }

    @Test func `a slightly changed copy is near`() {
        let picture = Picture.scene(height: 120, width: 160)
        var changed = picture
        for i in stride(from: 0, to: changed.pixels.count, by: 5) {
            changed.pixels[i] &-= changed.pixels[i] > 3 ? 3 : 0
        }
        #expect(distance(picture, changed) <= 4)
    }

    @Test func `a different picture is far`() {
        let picture = Picture.scene(height: 120, width: 160)
        #expect(distance(picture, picture.flipped()) >= 16)
        #expect(distance(picture, Picture.scene(height: 120, width: 160, shift: 128)) >= 16)
    }

    @Test(arguments: [0, 77, 255]) func `one colour has one hash, with a trace of noise or without`(shade: UInt8) {
        let plain = Picture(height: 40, width: 40, filledWith: SIMD3(repeating: shade))
        var noisy = plain
        for i in stride(from: 0, to: noisy.pixels.count, by: 7) { noisy.pixels[i] ^= 1 }
        #expect(plain.perceptualHash == noisy.perceptualHash)
    }
}
