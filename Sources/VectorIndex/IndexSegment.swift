import Failures
import Foundation
import Storage

/// One segment's file, mapped and checked: every count and offset against the file's size, and the checksums of all
/// but the vectors. Vectors are checked block by block before they are first used, by `check`.
final class IndexSegment: Sendable {
    let path: String
    let layout: SegmentLayout
    let ids: [Int64]  // [count], list by list
    let starts: [Int]  // [nlist + 1]
    private let file: MappedFile
    private let checksums: [UInt32]  // one a block

    var count: Int { layout.count }
    var nlist: Int { layout.nlist }

    /// Opens the segment that `entry` names in `folder`.
    init(_ entry: IndexManifest.Segment, in folder: String, embedDim: Int) throws(Failure) {
        path = "\(folder)/\(entry.file)"
        file = try MappedFile(path)
        let (footer, footerOffset) = try Self.footer(of: file, entry)
        guard footer.codec == "f32", footer.blockSize == SegmentLayout.blockSize else {
            throw .damaged(path, "written by another version")
        }
        guard footer.embedDim == embedDim, footer.count == entry.count,
            let layout = SegmentLayout(count: footer.count, embedDim: footer.embedDim, nlist: footer.nlist),
            layout.footerOffset == footerOffset, footer.checksums.count == layout.blockCount
        else { throw .damaged(path, "its counts do not fit its size of \(file.count) bytes") }
        self.layout = layout
        checksums = footer.checksums
        let behindVectors = layout.blocks(of: layout.routersOffset..<layout.footerOffset)
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
        let found = file.read { Fingerprint($0.extracting(start..<end)).crc32Value }
        guard found == checksums[block] else {
            throw .damaged(file.path, "bytes \(start)..<\(end) do not match their checksum")
        }
    }

    /// Lends vectors, `[rows, embedDim]`.
    func readVectors<R, E: Error>(_ rows: Range<Int>, _ body: (Span<Float>) throws(E) -> R) throws(E) -> R {
        try file.read { (bytes) throws(E) in
            try bytes.readFloats(
                at: layout.bytes(ofVectors: rows).lowerBound, count: rows.count * layout.embedDim, body)
        }
    }

    /// Lends the unit means of the lists, `[nlist, embedDim]`.
    func readRouters<R, E: Error>(_ body: (Span<Float>) throws(E) -> R) throws(E) -> R {
        try file.read { (bytes) throws(E) in
            try bytes.readFloats(at: layout.routersOffset, count: nlist * layout.embedDim, body)
        }
    }
}
