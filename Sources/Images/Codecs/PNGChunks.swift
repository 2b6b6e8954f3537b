import CImageCodecs

/// The chunks of a PNG that make its pixels, where all of them are as nearly every writer leaves them: one picture after the
/// other row by row, each chunk once and in its place, checksums right. No value where anything at all is unusual; then
/// libpng has the word.
///
/// Portable Network Graphics (third edition), sections 5 and 11.
struct PNGChunks {
    /// What a pixel's samples are.
    enum Colour: Int { case grey = 0, rgb = 2, palette = 3, greyAlpha = 4, rgba = 6 }

    let height: Int, width: Int
    /// Bits of a sample.
    let depth: Int
    let colour: Colour
    /// Where the file holds the palette's colours, three bytes each; empty where it has none.
    private(set) var palette = 0..<0
    /// Where it says what is transparent: the alpha of each of the palette's first colours, or the one shade or colour.
    private(set) var transparency = 0..<0
    /// Where it holds the parts of the zlib stream.
    private(set) var data: [Range<Int>] = []

    init?(of bytes: RawSpan) {
        guard let header = Chunk(at: 8, in: bytes), header.name == .header, header.content.count == 13,
            header.isSound(in: bytes), let width = bytes.bigEndian(4, at: 16), let height = bytes.bigEndian(4, at: 20),
            let depth = bytes.bigEndian(1, at: 24), let colour = bytes.bigEndian(1, at: 25).flatMap(Colour.init),
            bytes.holds([0, 0, 0], at: 26),  // deflate, the five filters, not interlaced
            1..<1 << 28 ~= width, 1..<1 << 28 ~= height,  // products stay far below 2⁶³
            colour.depths.contains(depth)
        else { return nil }
        (self.width, self.height, self.depth, self.colour) = (width, height, depth, colour)
        var at = header.end, isAfterData = false
        while true {
            guard let chunk = Chunk(at: at, in: bytes) else { return nil }
            if chunk.name == .end {
                guard chunk.content.isEmpty, chunk.isSound(in: bytes) else { return nil }
                break
            }
            let isData = chunk.name == .data
            if isData ? isAfterData : !take(chunk, in: bytes) { return nil }
            if isData {
                guard !chunk.content.isEmpty, chunk.isSound(in: bytes) else { return nil }
                data.append(chunk.content)
            }
            isAfterData = !isData && !data.isEmpty
            at = chunk.end
        }
        guard !data.isEmpty, colour != .palette || !palette.isEmpty else { return nil }
    }

    /// Takes a chunk that is neither the first, nor the last, nor data; says whether it is as usual.
    private mutating func take(_ chunk: Chunk, in bytes: RawSpan) -> Bool {
        let count = chunk.content.count
        switch chunk.name {
        case .palette:
            palette = chunk.content
            return colour == .palette && transparency.isEmpty && data.isEmpty && 3...(3 << depth) ~= count
                && count % 3 == 0 && chunk.isSound(in: bytes)
        case .transparency:
            guard transparency.isEmpty, data.isEmpty, chunk.isSound(in: bytes) else { return false }
            transparency = chunk.content
            guard colour != .palette else { return 1...max(palette.count / 3, 1) ~= count && !palette.isEmpty }
            guard colour == .grey || colour == .rgb, count == 2 * samples else { return false }
            let levels = (0..<samples).compactMap { bytes.bigEndian(2, at: chunk.content.lowerBound + 2 * $0) }
            return levels.allSatisfy { $0 >> depth == 0 }
        default: return chunk.isSkipped(in: bytes)
        }
    }
}

extension PNGChunks {
    /// Samples of a pixel.
    var samples: Int {
        switch colour {
        case .grey, .palette: 1
        case .greyAlpha: 2
        case .rgb: 3
        case .rgba: 4
        }
    }

    /// Bytes of a row, without the filter's number before it.
    var rowSize: Int { (width * samples * depth + 7) / 8 }
    /// Bytes from one pixel to the next, at least 1: how far filters look back.
    var step: Int { max(samples * depth / 8, 1) }
    /// Bytes of all rows, each behind its filter's number.
    var inflatedSize: Int { height * (rowSize + 1) }
    /// Bytes of the zlib stream.
    var deflatedSize: Int { data.reduce(0) { $0 + $1.count } }
}

extension PNGChunks.Colour {
    fileprivate var depths: [Int] {
        switch self {
        case .grey: [1, 2, 4, 8, 16]
        case .palette: [1, 2, 4, 8]
        case .rgb, .greyAlpha, .rgba: [8, 16]
        }
    }
}

/// One chunk, all of which is inside of the file.
private struct Chunk {
    let name: Int
    let content: Range<Int>

    init?(at start: Int, in bytes: RawSpan) {
        guard let length = bytes.bigEndian(4, at: start), let name = bytes.bigEndian(4, at: start + 4),
            start + 12 + length <= bytes.byteCount
        else { return nil }
        self.name = name
        content = start + 8..<start + 8 + length
    }

    /// Where the next chunk begins.
    var end: Int { content.upperBound + 4 }

    /// Whether its checksum, of name and content, is right.
    func isSound(in bytes: RawSpan) -> Bool {
        guard let checksum = bytes.bigEndian(4, at: content.upperBound) else { return false }
        return unsafe bytes.withUnsafeBytes { raw in
            guard let start = unsafe raw.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
            // Sound: the chunk is inside of the file.
            return unsafe clip_has_checksum(start + content.lowerBound - 4, content.count + 4, UInt32(checksum))
        }
    }

    /// Whether libpng skips it, whatever it holds: four letters, small for "not needed to show the picture", a capital in
    /// the third place; and not so long that libpng has a limit for it.
    func isSkipped(in bytes: RawSpan) -> Bool {
        let letters = (0..<4).compactMap { bytes.byte(at: content.lowerBound - 4 + $0) }
        return letters.allSatisfy { 65...90 ~= $0 & 0xDF } && letters[0] & 0x20 != 0 && letters[2] & 0x20 == 0
            && content.count < 1 << 20
    }
}

extension Int {
    fileprivate static let header = 0x4948_4452, palette = 0x504C_5445, transparency = 0x7452_4E53
    fileprivate static let data = 0x4944_4154, end = 0x4945_4E44
}
