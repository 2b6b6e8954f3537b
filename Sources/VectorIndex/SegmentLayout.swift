import Failures
import Kernels

/// Where everything lies in a segment's file, computed from four counts alone; writer and reader share it.
///
/// ```
/// "CLIPSEG2", padding to 64
/// vectors  [count, embedDim] Float16, list by list
/// high     [codeBlocks, blockBytes] bytes of codes: sixteen rows a block, each list in blocks of its own
/// low      [count, lowBytes] bytes of codes
/// ids      [count] Int64
/// starts   [nlist + 1] Int64: list l is vectors[starts[l]..<starts[l + 1]]
/// footer   JSON; its CRC-32 and length as UInt32; "CLIPSEGE"
/// ```
/// The codec says what blocks look like. All numbers are little-endian; high, low and ids begin at multiples of 64. A segment
/// without lists has no codes. Every block of `blockSize` bytes before the footer has a CRC-32 in the footer.
struct SegmentLayout: Equatable {
    static let head = Array("CLIPSEG2".utf8), tail = Array("CLIPSEGE".utf8)
    static let blockSize = 1 << 18
    static let vectorsOffset = 64
    /// Bytes behind the footer's JSON.
    static let trailerSize = 16

    let count: Int, nlist: Int, codeBlocks: Int
    let shape: CodeShape
    let highOffset: Int, lowOffset: Int, idsOffset: Int, startsOffset: Int, footerOffset: Int

    /// Nil where the counts make no sense; the limits keep every offset far below what an `Int` holds.
    init?(
        count: Int, embedDim: Int, nlist: Int, codeBlocks: Int, codec: any ListCodec.Type = CodecChoice.usual.type
    ) {
        // A candidate's row has 32 bits.
        let limit = 1 << 32 - 1
        guard (0...limit).contains(count), (0...limit).contains(nlist), (1...65_536).contains(embedDim),
            (nlist == 0 ? 0...0 : (count + 15) / 16...count / 16 + nlist).contains(codeBlocks)
        else { return nil }
        let shape = codec.shape(embedDim: embedDim), listed = nlist > 0 ? count : 0
        (self.count, self.nlist, self.codeBlocks, self.shape) = (count, nlist, codeBlocks, shape)
        highOffset = Self.aligned(Self.vectorsOffset + 2 * count * embedDim)
        lowOffset = Self.aligned(highOffset + codeBlocks * shape.blockBytes)
        idsOffset = Self.aligned(lowOffset + listed * shape.lowBytes)
        startsOffset = idsOffset + 8 * count
        footerOffset = startsOffset + 8 * (nlist + 1)
    }

    private static func aligned(_ offset: Int) -> Int { (offset + 63) / 64 * 64 }

    var embedDim: Int { shape.embedDim }

    /// The bytes of the codes.
    var highBytes: Range<Int> { highOffset..<highOffset + codeBlocks * shape.blockBytes }
    var lowBytes: Range<Int> { lowOffset..<lowOffset + (nlist > 0 ? count : 0) * shape.lowBytes }

    /// Blocks that have a checksum.
    var blockCount: Int { (footerOffset + Self.blockSize - 1) / Self.blockSize }

    /// The blocks that hold these bytes.
    func blocks(of bytes: Range<Int>) -> Range<Int> {
        bytes.isEmpty ? 0..<0 : bytes.lowerBound / Self.blockSize..<(bytes.upperBound - 1) / Self.blockSize + 1
    }

    /// The bytes of some vectors.
    func bytes(ofVectors rows: Range<Int>) -> Range<Int> {
        Self.vectorsOffset + 2 * embedDim * rows.lowerBound..<Self.vectorsOffset + 2 * embedDim * rows.upperBound
    }
}

/// What a segment's file says of itself, behind its data.
struct SegmentFooter: Codable {
    var codec = "f16"
    var count: Int, embedDim: Int, nlist: Int, codeBlocks: Int, blockSize: Int
    /// CRC-32 of the file of the lists' model; nil without lists.
    var model: UInt32?
    var checksums: [UInt32]

    enum CodingKeys: String, CodingKey {
        case codec, count, nlist, model, checksums
        case embedDim = "embed_dim"
        case codeBlocks = "code_blocks"
        case blockSize = "block_size"
    }
}
