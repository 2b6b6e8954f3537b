import Failures
import Images
import PictureFixtures
import Testing

@Suite struct DecodingTests {
    @Test func `every kind of PNG gives the colours of its reference`() throws {
        let cases = try fixture("png-kinds.json", as: GoldenFiles.self).cases
        #expect(cases.count == 52)
        for (name, golden) in cases {
            #expect(try Picture(golden.bytes) == golden.picture, "\(name)")
        }
    }

    @Test func `every kind of JPEG gives the colours that Pillow gives`() throws {
        let cases = try fixture("jpeg-kinds.json", as: GoldenFiles.self).cases
        #expect(cases.count == 9)
        for (name, golden) in cases {
            // One shade is left to the versions of libjpeg.
            let difference = try Picture(golden.bytes).largestDifference(to: golden.picture)
            #expect(try #require(difference) <= 1, "\(name)")
        }
    }

    @Test func `the eight orientations are seen upright`() throws {
        let cases = try fixture("orientations.json", as: GoldenFiles.self).cases
        #expect(cases.count == 16)
        for (name, golden) in cases {
            let file = golden.bytes
            let header = try unsafe PictureHeader(of: file.span.bytes, named: name)
            #expect([header.height, header.width] == [golden.height, golden.width], "\(name)")
            #expect(try #require(try Picture(file).largestDifference(to: golden.picture)) <= 1, "\(name)")
        }
    }

    @Test func `a JPEG is decoded smaller while both sides stay long enough`() throws {
        let file = try #require(try fixture("orientations.json", as: GoldenFiles.self).cases["jpeg 6"]?.bytes)
        let sizes = try [nil, 25, 24, 12, 7, 6, 3, 1].map { (side: Int?) in
            let picture = try Picture(file, atLeast: side)
            return [picture.height, picture.width]
        }
        #expect(sizes == [[40, 24], [40, 24], [40, 24], [20, 12], [20, 12], [10, 6], [5, 3], [5, 3]])
        let half = try Picture(file, atLeast: 12), whole = try Picture(file)
        let shrunk = whole.resized(height: 20, width: 12, filter: .box)
        let mean = zip(half.pixels, shrunk.pixels).map { abs(Int($0) - Int($1)) }.reduce(0, +) / half.pixels.count
        #expect(mean <= 6)
    }

    @Test func `a PNG survives writing and reading`() throws {
        for (height, width) in [(1, 1), (7, 3), (64, 100)] {
            let picture = Picture.scene(height: height, width: width)
            #expect(try Picture(picture.pngBytes()) == picture)
        }
    }

    @Test func `every truncation is a failure`() throws {
        let png = try Picture.scene(height: 9, width: 8).pngBytes()
        let files = try fixture("jpeg-kinds.json", as: GoldenFiles.self).cases
        let jpegs = try ["baseline", "progressive", "cmyk"].map { try #require(files[$0]?.bytes) }
        for file in [png] + jpegs {
            for count in stride(from: 0, to: file.count, by: file.count > 1000 ? 7 : 1) {
                #expect(throws: Failure.self) { try Picture(file.prefix(count)) }
            }
        }
    }

    @Test func `a JPEG whose middle is cut out is a failure`() throws {
        let file = try #require(try fixture("jpeg-kinds.json", as: GoldenFiles.self).cases["baseline"]?.bytes)
        #expect(throws: Failure.self) { try Picture(file.prefix(file.count / 2) + file.suffix(2)) }
    }

    @Test func `a huge picture in a small file is refused by its header`() throws {
        var file = try Picture.scene(height: 2, width: 2).pngBytes()
        file.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
        let failure = #expect(throws: Failure.self) { try Picture(file) }
        #expect(failure?.why.contains("30000 × 30000") == true)
        #expect(failure?.kind == .badData)
        #expect(throws: Failure.self) {
            try Picture(Picture.scene(height: 3, width: 4).pngBytes(), limit: .init(pixels: 11))
        }
        #expect(try Picture(Picture.scene(height: 3, width: 4).pngBytes(), limit: .init(pixels: 12)).width == 4)
    }

    @Test func `sides whose product overflows are refused`() throws {
        var file = try Picture.scene(height: 2, width: 2).pngBytes()
        file.replaceSubrange(16..<24, with: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: Failure.self) { try Picture(file) }
    }

    @Test(arguments: [
        ("", "empty"), ("GIF89a....", "GIF"), ("RIFF....WEBPVP8 ", "WebP"), ("....ftypavif", "AVIF"),
        ("<svg xmlns=", "SVG"), ("hello, this is text", "neither PNG nor JPEG"),
    ])
    func `what is no picture is named`(content: String, name: String) {
        let failure = #expect(throws: Failure.self) { try Picture(content.utf8) }
        #expect(failure?.why.contains(name) == true)
        #expect(failure?.place == "a test")
    }
}
