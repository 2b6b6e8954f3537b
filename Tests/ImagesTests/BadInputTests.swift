import Failures
import Foundation
import Images
import PictureFixtures
import Testing

private let slowTests = ProcessInfo.processInfo.environment["SLOW_TESTS"] != nil

/// Any bytes give a picture or a failure, and never a trap.
@Suite(.enabled(if: slowTests)) struct BadInputTests {
    /// Every small golden file, of every kind; a moving GIF, of which only the first frame is read, on demand.
    private static func files(moving: Bool = true) throws -> [[UInt8]] {
        let optional = PictureFormat.decodable.filter { $0 == .webp || $0 == .gif }.map { "\($0.rawValue)-kinds.json" }
        return try (["png-kinds.json", "jpeg-kinds.json", "orientations.json"] + optional).flatMap { name in
            try fixture(name, as: GoldenFiles.self).cases.sorted { $0.key < $1.key }
                .filter { moving || name != "gif-kinds.json" || $0.key != "moving" }.map(\.value.bytes)
        }
    }

    /// Decodes at several scales; gives whether a picture came out.
    @discardableResult private func decodes(_ file: [UInt8]) -> Bool {
        var isPicture = false
        for (side, part) in [(nil, false), (8, false), (nil, true)] as [(Int?, Bool)] {
            do {
                let picture = try Picture(file, limit: PixelLimit(pixels: 4_000_000), atLeast: side) {
                    part
                        ? Region(top: $0 / 3, left: $1 / 2, height: ($0 + 2) / 3, width: ($1 + 1) / 2)
                        : Region(top: 0, left: 0, height: $0, width: $1)
                }
                #expect(picture.pixels.count == picture.height * picture.width * 3)
                isPicture = true
            } catch let failure as Failure {
                #expect(failure.kind == .badData && !failure.why.isEmpty)
            } catch {
                Issue.record(error)
            }
        }
        return isPicture
    }

    @Test func `any truncation of any kind of file is a failure`() throws {
        for file in try Self.files(moving: false) {
            for count in stride(from: 0, to: file.count, by: 3) { #expect(!decodes(Array(file.prefix(count)))) }
            #expect(!decodes(file.dropLast()))
        }
    }

    @Test(arguments: 0..<8) func `changed bytes give a picture or a failure`(seed: UInt64) throws {
        var luck = Luck(state: seed + 1)
        for file in try Self.files() {
            for _ in 0..<40 {
                var changed = file
                for _ in 0...Int.random(in: 0..<6, using: &luck) {
                    let place = Int.random(
                        in: 0..<(Bool.random(using: &luck) ? min(changed.count, 200) : changed.count), using: &luck)
                    changed[place] = .random(in: 0...255, using: &luck)
                }
                decodes(changed)
            }
        }
    }

    @Test(arguments: 0..<4) func `changed PNG chunks with right checksums give a picture or a failure`(seed: UInt64)
        throws
    {
        var luck = Luck(state: seed + 101)
        for file in try Self.files() where file.starts(with: [0x89]) {
            for _ in 0..<40 {
                var changed = file
                let place = Int.random(in: 8..<changed.count, using: &luck)
                changed[place] = .random(in: 0...255, using: &luck)
                decodes(withRightChecksums(changed))
            }
        }
    }

    @Test func `random bytes behind a signature are a failure`() {
        var luck = Luck(state: 7)
        let starts: [[UInt8]] = [
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF, 0xC0], Array("GIF89a".utf8),
            Array("RIFF\0\u{1}\0\0WEBPVP8L".utf8), Array("RIFF\0\u{1}\0\0WEBPVP8X".utf8), [],
        ]
        for start in starts {
            for _ in 0..<300 {
                let noise = (0..<Int.random(in: 0..<300, using: &luck)).map { _ in
                    UInt8.random(in: 0...255, using: &luck)
                }
                #expect(!decodes(start + noise))
            }
        }
    }
}
