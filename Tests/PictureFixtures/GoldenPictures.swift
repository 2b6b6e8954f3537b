import Foundation
package import Images

/// A file of `Tests/Fixtures/images`, as `scripts/golden-images/make` wrote it.
package func fixture<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(fixtureBytes(name)))
}

/// The bytes of such a file.
package func fixtureBytes(_ name: String) throws -> [UInt8] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return Array(try Data(contentsOf: tests.appending(path: "Fixtures/images/\(name)")))
}

/// The pixels that a reference implementation gave, and the encoded file or the settings that they came from.
package struct GoldenPicture: Decodable, Sendable {
    private var file: Data?
    package var filter: ResizeFilter?
    package var kind: String?
    package var factor: Float?
    package var height: Int, width: Int
    private var pixels: Data

    package var bytes: [UInt8] { Array(file ?? Data()) }
    package var picture: Picture { Picture(height: height, width: width, pixels: Array(pixels)) }
}

/// Encoded files by what they show.
package struct GoldenFiles: Decodable { package var cases: [String: GoldenPicture] }

/// Results by settings, all from one source.
package struct GoldenResults: Decodable {
    package var source: GoldenPicture
    package var cases: [GoldenPicture]
}

extension Picture {
    /// Decodes the bytes of a test, called "a test".
    package init(
        _ file: some Sequence<UInt8>, limit: PixelLimit = .standard, atLeast side: Int? = nil,
        only region: (Int, Int) -> Region = { Region(top: 0, left: 0, height: $0, width: $1) }
    ) throws {
        let bytes = Array(file)
        self = try unsafe Picture(
            decoding: bytes.span.bytes, named: "a test", limit: limit, atLeast: side, only: region)
    }

    /// A picture with smooth colours and a hard edge, the same each time.
    package static func scene(height: Int, width: Int, shift: Int = 0) -> Picture {
        var picture = Picture(height: height, width: width, filledWith: SIMD3(250, 250, 245))
        for y in 0..<height {
            for x in 0..<width where (y * 5) / height != 2 || x * 2 > width {
                let u = x * 255 / width, v = y * 255 / height
                picture[row: y, column: x] = SIMD3(
                    UInt8(u), UInt8((v + shift) % 256), UInt8(truncatingIfNeeded: (u + 2 * v) / 3))
            }
        }
        return picture
    }

    /// The largest difference of any colour to that of a picture of the same size.
    package func largestDifference(to other: Picture) -> Int? {
        guard height == other.height, width == other.width else { return nil }
        return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max()
    }
}
