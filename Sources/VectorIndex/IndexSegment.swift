import Failures
import Foundation
import Kernels
import Storage

/// One segment's file, mapped and checked: every count and offset against the file's size, and the checksums of all
/// but the vectors. Vectors are checked block by block before they are first used, by `check`.
final class IndexSegment: Sendable {
    let path: String
    let layout: SegmentLayout
    let ids: [Int64]  // [count], list by list
    let starts: [Int]  // [nlist + 1]
    let blockStarts: [Int]  // [nlist + 1], of codes
    private let file: MappedFile
    private let checksums: [UInt32]  // one a block

    var count: Int { layout.count }
    var nlist: Int { layout.nlist }

    /// Opens the segment that `entry` names in `folder`; `lists` are those of the index, and `codec` says how rows in them
    /// are coded.
    init(
        _ entry: IndexManifest.Segment, in folder: String, embedDim: Int, lists: IndexManifest.Lists?,
        codec: CodecChoice
    ) throws(Failure) {
        path = "\(folder)/\(entry.file)"
        file = try MappedFile(path)
        let (footer, footerOffset) = try Self.footer(of: file, entry)
        guard footer.codec == "f16", footer.blockSize == SegmentLayout.blockSize else {
            throw .damaged(path, "written by another version")
        }
        guard footer.embedDim == embedDim, footer.count == entry.count,
            let layout = SegmentLayout(
                count: footer.count, embedDim: footer.embedDim, nlist: footer.nlist, codeBlocks: footer.codeBlocks,
                codec: codec.type),
            layout.footerOffset == footerOffset, footer.checksums.count == layout.blockCount
        else { throw .damaged(path, "its counts do not fit its size of \(file.count) bytes") }
        guard footer.nlist == 0 || (footer.nlist == lists?.nlist && footer.model == lists?.checksum) else {
            throw .damaged(path, "its lists are not those of the index")
        }
        self.layout = layout
        checksums = footer.checksums
        let behindVectors = layout.blocks(of: layout.idsOffset..<layout.footerOffset)
        for block in behindVectors { try Self.check(block, of: file, layout, footer.checksums) }
        (ids, starts) = file.read { bytes in
            (
                (0..<layout.count).map { bytes.integer(at: layout.idsOffset + 8 * $0) },
                (0...layout.nlist).map { Int(bytes.integer(at: layout.startsOffset + 8 * $0, as: Int64.self)) }
            )
        }
        guard starts[0] == 0, starts[layout.nlist] == (layout.nlist == 0 ? 0 : layout.count),
            zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw .damaged(path, "its lists overlap") }
        blockStarts = ListScanner.blockStarts(starts)
        guard blockStarts[layout.nlist] == layout.codeBlocks else {
            throw .damaged(path, "its codes do not fit its lists")
        }
    }

    private static func footer(
        of file: borrowing MappedFile, _ entry: IndexManifest.Segment
    ) throws(Failure) -> (SegmentFooter, offset: Int) {
        let path = file.path
        let (data, offset) = try file.read { (bytes) throws(Failure) -> (Data, Int) in
            let size = bytes.byteCount, fixed = SegmentLayout.vectorsOffset + SegmentLayout.trailerSize
            guard size >= fixed, text(bytes, at: 0) == SegmentLayout.head,
                text(bytes, at: size - 8) == SegmentLayout.tail
            else { throw .damaged(path, "not a segment, or cut short at \(size) bytes") }
            let length = Int(bytes.integer(at: size - 12, as: UInt32.self))
            guard length <= size - fixed else { throw .damaged(path, "its footer is longer than the file") }
            let offset = size - SegmentLayout.trailerSize - length
            let json = bytes.extracting(offset..<offset + length)
            let checksum = Fingerprint(json).crc32Value
            guard checksum == bytes.integer(at: size - 16, as: UInt32.self), checksum == entry.checksum else {
                throw .damaged(path, "its footer's checksum does not match")
            }
            return (Data((0..<length).map { json.integer(at: $0, as: UInt8.self) }), offset)
        }
        guard let footer = try? JSONDecoder().decode(SegmentFooter.self, from: data) else {
            throw .damaged(path, "its footer cannot be read")
        }
        return (footer, offset)
    }

    private static func text(_ bytes: RawSpan, at offset: Int) -> [UInt8] {
        (0..<8).map { bytes.integer(at: offset + $0, as: UInt8.self) }
    }

    /// Compares one block with its checksum.
    func check(block: Int) throws(Failure) { try Self.check(block, of: file, layout, checksums) }

    private static func check(
        _ block: Int, of file: borrowing MappedFile, _ layout: SegmentLayout, _ checksums: [UInt32]
    ) throws(Failure) {
        let start = block * SegmentLayout.blockSize, end = min(start + SegmentLayout.blockSize, layout.footerOffset)
        let found = file.read { $0.extracting(start..<end).crc32 }
        guard found == checksums[block] else {
            throw .damaged(file.path, "bytes \(start)..<\(end) do not match their checksum")
        }
    }

    /// Lends vectors, `[rows, embedDim]` in half precision.
    func readHalves<R, E: Error>(_ rows: Range<Int>, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try file.read { (bytes) throws(E) in try body(bytes.extracting(layout.bytes(ofVectors: rows))) }
    }

    /// Copies vectors, `[rows, embedDim]`.
    func vectors(_ rows: Range<Int>) -> [Float] { readHalves(rows) { floats(ofHalves: $0) } }

    /// Lends the high codes and the low codes of all rows, and the rows themselves in half precision.
    func readCodes<R>(_ body: (RawSpan, RawSpan, RawSpan) -> R) -> R {
        file.read { bytes in
            body(
                bytes.extracting(layout.highBytes), bytes.extracting(layout.lowBytes),
                bytes.extracting(layout.bytes(ofVectors: 0..<count)))
        }
    }
}
