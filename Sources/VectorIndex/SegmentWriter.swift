import Failures
import Foundation
import Kernels
import Storage

/// Embeddings in memory, on their way into a segment: `floats` is `[count, embedDim]`, with one id a row.
struct EmbeddingRows: Sendable {
    let embedDim: Int
    var ids: [Int64] = []
    var floats: [Float] = []

    var count: Int { ids.count }

    /// Where row `index` lies in `floats`.
    func range(_ index: Int) -> Range<Int> { index * embedDim..<(index + 1) * embedDim }
}

/// Writes one immutable segment: laid out list by list, checksummed by block, flushed, then renamed into place.
struct SegmentWriter {
    let rows: EmbeddingRows
    let partition: Partition
    /// The rows in half precision in the order of the partition; made on the way where nil.
    var halves: [UInt8]?
    /// Their codes; none without lists.
    var codes = SegmentCodes(), codec: any ListCodec.Type = CodecChoice.usual.type
    /// CRC-32 of the file of the lists' model.
    var model: UInt32?

    /// Writes the segment to `path` and returns the checksum of its footer, by which a manifest knows it.
    func write(to path: String) throws(Failure) -> UInt32 {
        let codeBlocks = ListScanner.blockStarts(partition.starts).last ?? 0
        guard
            let layout = SegmentLayout(
                count: rows.count, embedDim: rows.embedDim, nlist: partition.nlist, codeBlocks: codeBlocks,
                codec: codec)
        else {
            throw Failure(
                .badSettings, "cannot write index", at: path, because: "\(rows.count) × \(rows.embedDim) is too large",
                try: "split the pictures into several indexes")
        }
        var checksum: UInt32 = 0
        try AtomicFile.write(to: path) { (file) throws(Failure) in
            var checksums = BlockChecksums(blockSize: SegmentLayout.blockSize)
            try writeBody(layout, to: &file, &checksums)
            precondition(file.count == layout.footerOffset, "wrote \(file.count) bytes of \(layout.footerOffset)")
            let footer = SegmentFooter(
                count: rows.count, embedDim: rows.embedDim, nlist: partition.nlist, codeBlocks: codeBlocks,
                blockSize: SegmentLayout.blockSize, model: model, checksums: checksums.values)
            let json = try encodeJSON(footer, for: path)
            checksum = Fingerprint(json).crc32Value
            try file.append(json + littleEndian(checksum) + littleEndian(UInt32(json.count)) + SegmentLayout.tail)
        }
        return checksum
    }

    private func writeBody(
        _ layout: SegmentLayout, to file: inout OutputFile, _ checksums: inout BlockChecksums
    ) throws(Failure) {
        func put(_ bytes: [UInt8]) throws(Failure) {
            checksums.append(bytes)
            try file.append(bytes)
        }
        try put(SegmentLayout.head + zeros(SegmentLayout.vectorsOffset - SegmentLayout.head.count))
        if let halves {
            try put(halves)
        } else {
            for start in stride(from: 0, to: rows.count, by: 4096) {
                try put(rows.halves(Array(partition.order[start..<min(start + 4096, rows.count)])))
            }
        }
        try put(zeros(layout.highOffset - file.count))
        try put(codes.high)
        try put(zeros(layout.lowOffset - file.count))
        try put(codes.low)
        try put(zeros(layout.idsOffset - file.count))
        try put(partition.order.flatMap { littleEndian(rows.ids[$0]) })
        try put(partition.starts.flatMap { littleEndian(Int64($0)) })
    }

    private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}

/// The bytes of an integer as files store it.
func littleEndian(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

/// The bytes of an id or a row number as files store it.
func littleEndian(_ value: Int64) -> [UInt8] { littleEndian(UInt64(bitPattern: value)) }

/// `value` as JSON with sorted keys.
func encodeJSON(_ value: some Encodable, for path: String) throws(Failure) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
        return Array(try encoder.encode(value))
    } catch {
        throw Failure(
            .bug, "cannot write", at: path, because: "the header has no JSON form", try: "report this line")
    }
}
