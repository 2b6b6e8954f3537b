import Foundation
import Images
import Storage

@testable import Datasets

/// A folder for one test; removed when the test is done.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("datasets-\(UUID().uuidString)").path
        try AtomicFile.makeFolder(path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = "\(path)/\(name)"
        try AtomicFile.makeFolder((file as NSString).deletingLastPathComponent)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }

    /// Replaces a file by its gzip form: one block that is stored, as RFC 1951 and 1952 have it.
    func gzip(_ name: String) throws {
        let bytes = try MappedFile("\(path)/\(name)").copy()
        let length = UInt16(bytes.count), crc = Fingerprint(bytes).crc32Value, size = UInt32(bytes.count)
        func little(_ number: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1]
        let block = little(UInt32(length), 2) + little(UInt32(~length), 2) + bytes
        try write("\(name).gz", head + block + little(crc, 4) + little(size, 4))
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }

    /// Writes small pictures, each of another pattern, as PNG.
    func pictures(_ names: [String], from first: Int = 0) throws {
        for (number, name) in names.enumerated() { try write(name, try pngBytes(first + number)) }
    }
}

/// Picture number `number`: 12 × 16 pixels of a pattern of its own.
func pngBytes(_ number: Int) throws -> [UInt8] {
    var random = SeededBits(state: UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1)
    let pixels = (0..<12 * 16 * 3).map { _ in UInt8(truncatingIfNeeded: random.next() >> 32) }
    return try Picture(height: 12, width: 16, pixels: pixels).pngBytes()
}

/// Bits for tests.
struct SeededBits: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

extension DatasetReader {
    /// All samples, as name and captions.
    func pairs() throws -> [String: [String]] {
        var pairs: [String: [String]] = [:]
        for index in 0..<count {
            let sample = try sample(at: index)
            pairs[sample.name] = sample.captions
        }
        return pairs
    }

    var reasons: [String] { skipped.map(\.reason) }
}

/// A tar archive of regular files.
func tarBytes(_ files: [(name: String, bytes: [UInt8])], ending: Bool = true) -> [UInt8] {
    var archive: [UInt8] = []
    for file in files { archive += tarEntry(file.name, file.bytes) }
    return ending ? archive + [UInt8](repeating: 0, count: 1024) : archive
}

/// A header and its content, padded.
func tarEntry(_ name: String, _ bytes: [UInt8], kind: Character = "0", prefix: String = "") -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
        for (place, byte) in text.utf8.enumerated() { header[offset + place] = byte }
    }
    func octal(_ number: Int, _ digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }
    put(String(name.prefix(100)), at: 0)
    put("0000644", at: 100)
    put(octal(bytes.count, 11), at: 124)
    put("        ", at: 148)
    put(String(kind), at: 156)
    put("ustar\u{0}00", at: 257)
    put(prefix, at: 345)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0}", at: 148)
    return header + bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
}
