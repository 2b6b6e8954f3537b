import Failures

/// Where everything lies in a segment's file, computed from three counts alone; writer and reader share it.
///
/// ```
/// "CLIPSEG1", padding to 64
/// vectors  [count, embedDim] Float32, list by list
/// routers  [nlist, embedDim] Float32
/// ids      [count] Int64
/// starts   [nlist + 1] Int64: list l is vectors[starts[l]..<starts[l + 1]]
/// footer   JSON; its CRC-32 and length as UInt32; "CLIPSEGE"
/// ```
/// All numbers are little-endian. Every block of `blockSize` bytes before the footer has a CRC-32 in the footer.
struct SegmentLayout: Equatable {
    static let head = Array("CLIPSEG1".utf8), tail = Array("CLIPSEGE".utf8)
    static let blockSize = 1 << 18
    static let vectorsOffset = 64
    /// Bytes behind the footer's JSON.
    static let trailerSize = 16

    let count: Int, embedDim: Int, nlist: Int
    let routersOffset: Int, idsOffset: Int, startsOffset: Int, footerOffset: Int

    /// Nil where the counts make no sense; the limits keep every offset far below what an `Int` holds.
    init?(count: Int, embedDim: Int, nlist: Int) {
        let limit = 1 << 36
        guard (0...limit).contains(count), (0...limit).contains(nlist), (1...65_536).contains(embedDim) else {
            return nil
        }
        self.count = count
        self.embedDim = embedDim
        self.nlist = nlist
        routersOffset = Self.vectorsOffset + 4 * count * embedDim
        let idsStart = routersOffset + 4 * nlist * embedDim
        idsOffset = (idsStart + 7) / 8 * 8
        startsOffset = idsOffset + 8 * count
        footerOffset = startsOffset + 8 * (nlist + 1)
    }

    /// Blocks that have a checksum.
    var blockCount: Int { (footerOffset + Self.blockSize - 1) / Self.blockSize }

    /// The blocks that hold these bytes.
    func blocks(of bytes: Range<Int>) -> Range<Int> {
        bytes.isEmpty ? 0..<0 : bytes.lowerBound / Self.blockSize..<(bytes.upperBound - 1) / Self.blockSize + 1
    }

    /// The bytes of some vectors.
    func bytes(ofVectors rows: Range<Int>) -> Range<Int> {
        Self.vectorsOffset + 4 * embedDim * rows.lowerBound..<Self.vectorsOffset + 4 * embedDim * rows.upperBound
    }
}

/// What a segment's file says of itself, behind its data.
struct SegmentFooter: Codable {
    var codec = "f32"
    var count: Int, embedDim: Int, nlist: Int, blockSize: Int
    var checksums: [UInt32]

    enum CodingKeys: String, CodingKey {
        case codec, count, nlist, checksums
        case embedDim = "embed_dim"
        case blockSize = "block_size"
    }
}
