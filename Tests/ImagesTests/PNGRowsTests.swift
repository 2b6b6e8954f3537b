import Failures
import Foundation
import Images
import PictureFixtures
import Processor
import Testing

/// PNGs that are inflated at once, against libpng.
@Suite(.enabled(if: Picture.inflatesAtOnce)) struct PNGRowsTests {
    /// Colour type and depth, all that there are.
    private static let kinds: [(colour: UInt8, depth: UInt8)] =
        [1, 2, 4, 8, 16].map { (0, $0) } + [1, 2, 4, 8].map { (3, $0) }
        + [2, 4, 6].flatMap { colour in [8, 16].map { (colour, $0) } }

    private static func ownWay(_ file: [UInt8], limit: PixelLimit = .standard) -> Picture? {
        guard let header = try? unsafe PictureHeader(of: file.span.bytes, named: "a test") else { return nil }
        return unsafe Picture(
            inflating: file.span.bytes, limit: limit,
            only: Region(top: 0, left: 0, height: header.height, width: header.width))
    }

    private static func byLibrary(_ file: [UInt8]) throws -> Picture {
        try unsafe Picture(decodingByLibrary: file.span.bytes, named: "a test")
    }

    /// A palette with colours for half of the numbers, and what may be transparent in a file of that kind.
    private static func chunks(
        _ kind: (colour: UInt8, depth: UInt8), isTransparent: Bool, using luck: inout Luck
    ) -> [(name: String, content: [UInt8])] {
        func drawn(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: 0...255, using: &luck) } }
        let colours = max(1 << Int(kind.depth) / 2, 1)
        let palette = kind.colour == 3 ? [("PLTE", drawn(3 * colours))] : []
        guard isTransparent else { return palette }
        let level: [UInt8] = kind.depth == 16 ? [1, 7] : [0, 1]
        switch kind.colour {
        case 3: return palette + [("tRNS", drawn((colours + 1) / 2))]
        case 0: return [("tRNS", level)]
        case 2: return [("tRNS", level + level + level)]
        default: return []
        }
    }

    @Test func `every kind that is not interlaced is inflated at once`() throws {
        for (name, golden) in try fixture("png-kinds.json", as: GoldenFiles.self).cases {
            #expect(Self.ownWay(golden.bytes) == (name.contains("interlaced") ? nil : golden.picture), "\(name)")
        }
    }

    @Test(arguments: InstructionLevel.available)
    func `every filter of every kind gives libpng's colours at every level`(level: String) throws {
        var luck = Luck(state: 3)
        for kind in Self.kinds {
            for (height, width) in [(1, 1), (11, 1), (12, 5), (6, 6), (11, 16), (7, 53)] {
                var file = PNGFile(height: height, width: width, depth: kind.depth, colour: kind.colour)
                let first = UInt8.random(in: 0..<5, using: &luck)
                file.filter = { (first + UInt8($0)) % 5 }
                file.before = Self.chunks(kind, isTransparent: height > 7, using: &luck)
                let bytes = file.bytes(using: &luck)
                let own = InstructionLevel.with(level) { Self.ownWay(bytes) }
                #expect(try own == Self.byLibrary(bytes), "\(kind) \(height) × \(width)")
            }
        }
    }

    @Test func `a transparent colour is white wherever it is found`() throws {
        for (colour, size) in [(0, 1), (2, 3)] as [(UInt8, Int)] {
            for depth in [8, 16] as [UInt8] {
                var luck = Luck(state: 5)
                var file = PNGFile(height: 4, width: 6, depth: depth, colour: colour)
                file.filter = { _ in 0 }
                let first = Self.ownWay(file.bytes(using: &luck))
                file.before = [("gAMA", [0, 0, 0, 9])]
                luck = Luck(state: 5)
                let rows = file.bytes(using: &luck)
                let start = rows.count - 16 - 4 - 4 * (1 + 6 * size * Int(depth) / 8) + 1
                let sample = Array(rows[start..<start + size * Int(depth) / 8])
                file.before = [("tRNS", depth == 16 ? sample : sample.flatMap { [0, $0] })]
                luck = Luck(state: 5)
                let keyed = file.bytes(using: &luck)
                let picture = try #require(Self.ownWay(keyed))
                #expect(picture[row: 0, column: 0] == SIMD3(255, 255, 255))
                #expect(picture[row: 0, column: 1] == first?[row: 0, column: 1])
                #expect(try picture == Self.byLibrary(keyed))
            }
        }
    }

    @Test func `a part is what is cut out of all`() throws {
        var luck = Luck(state: 9)
        for kind in Self.kinds {
            var file = PNGFile(height: 13, width: 21, depth: kind.depth, colour: kind.colour)
            file.before = Self.chunks(kind, isTransparent: true, using: &luck)
            let bytes = file.bytes(using: &luck)
            let whole = try Self.byLibrary(bytes)
            for region in [
                Region(top: 0, left: 0, height: 1, width: 1), Region(top: 12, left: 20, height: 1, width: 1),
                Region(top: 5, left: 3, height: 4, width: 11), Region(top: 1, left: 7, height: 12, width: 14),
            ] {
                let part = unsafe Picture(inflating: bytes.span.bytes, limit: .standard, only: region)
                #expect(part == whole.cropped(to: region), "\(kind) \(region)")
                #expect(try Picture(bytes) { _, _ in region } == whole.cropped(to: region))
            }
        }
    }

    @Test func `data in many parts are one stream`() throws {
        var luck = Luck(state: 2)
        var file = PNGFile(height: 200, width: 130, depth: 8, colour: 6)
        let whole = Self.ownWay(file.bytes(using: &luck))
        (file.partSize, luck) = (100, Luck(state: 2))
        let bytes = file.bytes(using: &luck)
        #expect(Self.ownWay(bytes) == whole)
        #expect(try Self.byLibrary(bytes) == whole)
    }

    @Test func `a stream that looks further back than its window is read both ways`() throws {
        // Names a window of 256 bytes, and ends with what lies 316 bytes back.
        let stream = try #require(Data(base64Encoded: Self.farStream))
        var luck = Luck(state: 0)
        var file = PNGFile(height: 1, width: 356, depth: 8, colour: 0)
        file.damage = { $0 = Array(stream) }
        let bytes = file.bytes(using: &luck)
        let own = try #require(Self.ownWay(bytes))
        #expect(own[row: 0, column: 320] == SIMD3(4, 4, 4))
        #expect(try own == Self.byLibrary(bytes))
    }

    private static let farStream = """
        CB1jYGBkYmZhZWPn4OTi5uHl4xcQFBIWERUTl5CUkpaRlZNXUFRSVlFVU9fQ1NLW0dXTNzA0MjYxNTO3sLSytrG1s3dwdHJ2cXVz\
        9/D08vbx9fMPCAwKDgkNC4+IjIqOiY2LT0hMSk5JTUvPyMzKzsnNyy8oLCouKS0rr6isqq6pratvaGxqbmlta+/o7Oru6e3rnzBx\
        0uQpU6dNnzFz1uw5c+fNX7Bw0eIlS5ctX7Fy1eo1a9et37Bx0+YtW7dt37Fz1+49e/ftP3Dw0OEjR48dP3Hy1OkzZ8+dv3Dx0uUr\
        V69dv3Hz1u07d+/df/Dw0eMnT589f/Hy1es3b9+9//Dx0+cvX799//Hz1+8/f//9Z2DnE5VR1jK0sHfzDYlOyiwor2vtmTxr4Yr1\
        2/YeOX3p5oPn774ycvCLyapoG1k6uPuFxiRnFVbUt/VOmb2I2LADAD38m2s=
        """

    @Test func `whatever is unusual is left to libpng`() throws {
        func isLeft(_ change: (inout PNGFile) -> Void) -> Bool {
            var luck = Luck(state: 4)
            var file = PNGFile(height: 9, width: 7, depth: 8, colour: 2)
            change(&file)
            return Self.ownWay(file.bytes(using: &luck)) == nil
        }
        #expect(!isLeft { _ in })
        #expect(!isLeft { $0.before = [("tEXt", Array("Title\0a test".utf8)), ("orNT", [1])] })
        #expect(isLeft { $0.filter = { $0 == 8 ? 5 : 1 } })
        #expect(isLeft { $0.before = [("PLTE", [1, 2, 3])] })
        #expect(isLeft { $0.before = [("tRNS", [0, 1])] })
        #expect(isLeft { $0.before = [("tRNS", [1, 1, 0, 1, 0, 1])] })
        #expect(isLeft { $0.before = [("GOOD", [])] })
        #expect(isLeft { $0.before = [("text", [])] })
        #expect(isLeft { $0.before = [("IDAT", [0x78, 1]), ("tEXt", [])] })
        #expect(isLeft { $0.damage = { $0.append(0) } })
        #expect(isLeft { $0.damage = { $0.removeLast(3) } })
        #expect(isLeft { $0.damage = { $0[$0.count - 1] ^= 1 } })
        #expect(isLeft { $0.height = 0 })
        #expect(isLeft { ($0.colour, $0.depth) = (3, 8) })  // no palette
        #expect(isLeft { ($0.colour, $0.depth, $0.before) = (3, 1, [("PLTE", [0, 0, 0, 1, 1, 1, 2, 2, 2])]) })
        #expect(isLeft { ($0.colour, $0.depth) = (2, 4) })
    }

    @Test func `what would need more memory than the limit is left to libpng, which needs less`() throws {
        var luck = Luck(state: 6)
        let file = PNGFile(height: 20, width: 20, depth: 16, colour: 6).bytes(using: &luck)
        let limit = PixelLimit(pixels: 400, bytes: 400 * 3)
        #expect(Self.ownWay(file) != nil)
        #expect(Self.ownWay(file, limit: limit) == nil)
        #expect(try Picture(file, limit: limit) == Self.byLibrary(file))
    }

    @Test(arguments: 0..<4) func `a damaged file gives the picture or the failure that libpng gives`(seed: UInt64)
        throws
    {
        var luck = Luck(state: seed + 31), pictures = 0, failures = 0
        for kind in Self.kinds {
            var png = PNGFile(height: 8, width: 9, depth: kind.depth, colour: kind.colour)
            png.before = Self.chunks(kind, isTransparent: true, using: &luck)
            let file = png.bytes(using: &luck)
            for turn in 0..<30 {
                var changed = file
                let place = Int.random(in: 8..<(turn % 2 == 0 ? file.count : min(100, file.count)), using: &luck)
                changed[place] = .random(in: 0...255, using: &luck)
                if turn % 3 != 0 { changed = withRightChecksums(changed) }
                if turn % 7 == 0 { changed.removeLast(place % 40) }
                let own = Result { try Picture(changed) }, theirs = Result { try Self.byLibrary(changed) }
                switch (own, theirs) {
                case (.success(let own), .success(let theirs)):
                    #expect(own == theirs, "\(kind), byte \(place)")
                    pictures += 1
                case (.failure(let own), .failure(let theirs)):
                    #expect(own as? Failure == theirs as? Failure, "\(kind), byte \(place)")
                    failures += 1
                default: Issue.record("\(kind), byte \(place): only one way gives a picture")
                }
            }
        }
        #expect(pictures > 30 && failures > 30)
    }
}
