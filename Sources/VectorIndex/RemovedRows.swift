import Failures
import Storage

/// The file that says which rows of a segment are no longer in the index: one bit a row, so that a million removals are
/// 125 kB. It never changes; the next removal writes another one under a name of its own generation.
///
/// ```
/// "CLIPREM1"
/// rows   UInt64: rows of the segment
/// bits   [(rows + 63) / 64] UInt64, row 0 in the lowest bit of the first
/// ```
/// All numbers are little-endian. The manifest keeps the file's CRC-32 and how many bits are set.
enum RemovedRows {
    private static let head = Array("CLIPREM1".utf8), start = 16

    /// Writes the bits of a segment of `count` rows; `name` is the file's name in `folder`.
    static func write(
        _ rows: RowSet, of count: Int, to name: String, in folder: String
    ) throws(Failure) -> IndexManifest.Removed {
        var bytes = head + littleEndian(UInt64(count))
        for word in rows.words { bytes += littleEndian(word) }
        try AtomicFile.write(bytes, to: "\(folder)/\(name)")
        return IndexManifest.Removed(file: name, count: rows.memberCount, checksum: Fingerprint(bytes).crc32Value)
    }

    /// Reads what `entry` names, of a segment of `count` rows; nothing is removed where there is no entry.
    static func read(_ entry: IndexManifest.Removed?, of count: Int, in folder: String) throws(Failure) -> RowSet {
        guard let entry else { return RowSet() }
        let path = "\(folder)/\(entry.file)", file = try MappedFile(path)
        return try file.read { (bytes) throws(Failure) in
            let words = RowSet.wordCount(count)
            guard bytes.byteCount == start + 8 * words else {
                throw .damaged(path, "it has \(bytes.byteCount) bytes, expected \(start + 8 * words)")
            }
            guard Fingerprint(bytes).crc32Value == entry.checksum else {
                throw .damaged(path, "its bytes do not match their checksum")
            }
            guard bytes.bytes(0..<8) == head, bytes.integer(at: 8, as: UInt64.self) == UInt64(count) else {
                throw .damaged(path, "it is not of a segment of \(count) rows")
            }
            let rows = RowSet(words: (0..<words).map { bytes.integer(at: start + 8 * $0) })
            guard rows.memberCount == entry.count, (count..<64 * words).allSatisfy({ !rows[$0] }) else {
                throw .damaged(path, "its bits do not fit the manifest")
            }
            return rows
        }
    }
}
