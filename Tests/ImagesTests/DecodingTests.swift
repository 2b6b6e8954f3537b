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

    @Test(.enabled(if: PictureFormat.decodable.contains(.webp)))
    func `every kind of WebP gives the colours that Pillow gives`()
        throws
    {
        let cases = try fixture("webp-kinds.json", as: GoldenFiles.self).cases
        #expect(cases.count == 7)
        for (name, golden) in cases {
            let picture = try Picture(golden.bytes)
            // Where nothing is lost, nothing is left to versions of libwebp.
            let allowed = name.contains("lossy") ? 1 : 0
            #expect(try #require(picture.largestDifference(to: golden.picture)) <= allowed, "\(name)")
        }
    }

    @Test(.enabled(if: PictureFormat.decodable.contains(.gif))) func `every kind of GIF gives its first frame`() throws
    {
        let cases = try fixture("gif-kinds.json", as: GoldenFiles.self).cases
        #expect(cases.count == 6)
        for (name, golden) in cases { #expect(try Picture(golden.bytes) == golden.picture, "\(name)") }
    }

    @Test func `a part that is decoded alone is what is cut out of all`() throws {
        let kinds = try fixture("jpeg-kinds.json", as: GoldenFiles.self).cases
        let turned = try fixture("orientations.json", as: GoldenFiles.self).cases
        for (name, golden) in kinds.merging(turned, uniquingKeysWith: { first, _ in first }) {
            for side in [nil, 10, 5] as [Int?] {
                let whole = try Picture(golden.bytes, atLeast: side)
                for seed in 0..<6 {
                    let height = 1 + seed * 5 % whole.height, width = 1 + seed * 7 % whole.width
                    let region = Region(
                        top: (whole.height - height) * seed / 5, left: (whole.width - width) * (5 - seed) / 5,
                        height: height, width: width)
                    let part = try Picture(golden.bytes, atLeast: side) { (found: Int, columns: Int) in
                        #expect([found, columns] == [whole.height, whole.width])
                        return region
                    }
                    #expect(part == whole.cropped(to: region), "\(name) \(side ?? 0) \(region)")
                }
            }
        }
    }

    @Test func `damage below the part that is wanted is found`() throws {
        let file = try #require(try fixture("jpeg-kinds.json", as: GoldenFiles.self).cases["baseline"]?.bytes)
        let top = Region(top: 0, left: 0, height: 4, width: 4)
        #expect(try Picture(file) { _, _ in top }.height == 4)
        for count in [file.count * 2 / 3, file.count * 9 / 10, file.count - 3] {
            #expect(throws: Failure.self) { try Picture(file.prefix(count)) { _, _ in top } }
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
        let others = try ["webp", "gif"].filter { PictureFormat.decodable.map(\.rawValue).contains($0) }.flatMap {
            // A moving GIF is whole for us when its first frame is.
            try fixture("\($0)-kinds.json", as: GoldenFiles.self).cases.filter { $0.key != "moving" }.values.map(
                \.bytes)
        }
        for file in [png] + jpegs + others {
            for count in stride(from: 0, to: file.count, by: file.count > 500 ? 7 : 1) {
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
        ("", "empty"), ("GIF89a..", "GIF"), ("RIFF....WEBPVP8 ", "WebP"), ("....ftypavif", "AVIF"),
        ("<svg xmlns=", "SVG"), ("hello, this is text", "neither PNG"),
    ])
    func `what is no picture is named`(content: String, name: String) {
        let failure = #expect(throws: Failure.self) { try Picture(content.utf8) }
        #expect(failure?.why.contains(name) == true)
        #expect(failure?.place == "a test")
    }

    @Test func `what a kind of file asks for beside its pixels counts against the limit of memory`() throws {
        let files = try fixture("jpeg-kinds.json", as: GoldenFiles.self).cases
        var refused = 0
        for (name, golden) in files {
            let pixels = golden.height * golden.width
            let isProgressive = golden.bytes.indices.contains {
                golden.bytes[$0] == 0xFF && golden.bytes.dropFirst($0 + 1).first == 0xC2
            }
            let limit = PixelLimit(pixels: pixels, bytes: 4 * pixels)
            if isProgressive {
                #expect(throws: Failure.self, "\(name)") { try Picture(golden.bytes, limit: limit) }
                refused += 1
            } else {
                _ = try Picture(golden.bytes, limit: limit)
            }
        }
        #expect(refused > 0 && refused < files.count)
    }
}
