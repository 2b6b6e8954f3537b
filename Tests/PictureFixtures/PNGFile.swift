/// A PNG of random rows: every sample is drawn, each row behind the number of its filter, and nothing is compressed.
package struct PNGFile {
    package var height: Int, width: Int
    package var depth: UInt8, colour: UInt8
    /// The number of each row's filter.
    package var filter: (Int) -> UInt8 = { UInt8($0 % 5) }
    /// Chunks between header and data.
    package var before: [(name: String, content: [UInt8])] = []
    /// Bytes of each part of the data; nil for one part.
    package var partSize: Int?
    /// What is changed in the zlib stream.
    package var damage: (inout [UInt8]) -> Void = { _ in }

    package init(height: Int, width: Int, depth: UInt8, colour: UInt8) {
        (self.height, self.width, self.depth, self.colour) = (height, width, depth, colour)
    }

    /// The file.
    package func bytes(using luck: inout some RandomNumberGenerator) -> [UInt8] {
        let samples = [1, 0, 3, 1, 2, 0, 4][Int(colour)]
        let rowSize = (width * samples * Int(depth) + 7) / 8
        let rows = (0..<height).flatMap { y in
            [filter(y)] + (0..<rowSize).map { _ in UInt8.random(in: 0...255, using: &luck) }
        }
        var stream = Self.stored(rows)
        damage(&stream)
        let size = partSize ?? stream.count
        let parts = stride(from: 0, to: stream.count, by: size).map { Array(stream[$0..<min($0 + size, stream.count)]) }
        let header = Self.bigEndian(width) + Self.bigEndian(height) + [depth, colour, 0, 0, 0]
        let chunks = [("IHDR", header)] + before + parts.map { ("IDAT", $0) } + [("IEND", [])]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunks.flatMap { Self.chunk($0, $1) }
    }

    /// RFC 1950 and RFC 1951, section 3.2.4.
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: bytes.count, by: 65535) {
            let part = bytes[start..<min(start + 65535, bytes.count)], low = UInt8(part.count & 255)
            let high = UInt8(part.count >> 8)
            stream += [part.endIndex == bytes.count ? 1 : 0, low, high, ~low, ~high] + part
        }
        var a = 1, b = 0
        for byte in bytes {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        return stream + bigEndian(b << 16 | a)
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let named = Array(name.utf8) + content
        return bigEndian(content.count) + named + bigEndian(Int(crc32(named)))
    }

    private static func bigEndian(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}

/// The same chunks of a PNG, each with the checksum that its bytes have now.
package func withRightChecksums(_ file: [UInt8]) -> [UInt8] {
    var file = file, chunk = 8
    while chunk + 12 <= file.count {
        let length = file[chunk..<chunk + 4].reduce(0) { $0 << 8 | Int($1) }
        guard chunk + 12 + length <= file.count else { break }
        let crc = crc32(file[chunk + 4..<chunk + 8 + length])
        for i in 0..<4 { file[chunk + 8 + length + i] = UInt8(truncatingIfNeeded: crc >> (24 - 8 * UInt32(i))) }
        chunk += 12 + length
    }
    return file
}
