public import Failures
import Foundation
import Synchronization

/// Bytes that could be made again, kept in one file and found by what they were made of.
///
/// Records are appended up to a limit and read through memory mapping, so that the system's cache holds what fits. A record
/// counts once its header stands behind it; what a killed process or a power cut left unfinished is cut off, or found by
/// its checksum and not used. One process at a time may have the file open.
@safe public final class RecordFile: Sendable {
    private struct Record {
        var range: Range<Int>
        var checksum: UInt32
        /// Whether this process wrote the bytes or has compared them with their checksum.
        var isSound: Bool
    }

    private struct State {
        var records: [String: Record] = [:]
        var end: Int
        var isFull = false
    }

    private static let magic = Array("CLIPREC1".utf8)
    /// Bytes before each record's content: its length, checksum, and the length of its key; then the key.
    private static let headerSize = 24

    private let state: Mutex<State>
    private let descriptor: Int32
    private let limit: Int
    private let lock: FileLock
    // Sendable: read-only, of a fixed length, and unmapped when nobody can read any more.
    private nonisolated(unsafe) let mapping: UnsafeRawPointer

    /// Opens the file at `path`, or makes it. Records of another `purpose` are dropped.
    ///
    /// - Parameters:
    ///   - purpose: What decides the content beside the keys, such as settings.
    ///   - limit: The most bytes that the file may have.
    /// - Throws: `.cannotWrite` where the file cannot be made or another process has it open, `.readWrite` where it cannot be
    ///   read.
    public init(_ path: String, purpose: String, limit: Int) throws(Failure) {
        lock = try FileLock(path)
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .writing(path, errno) }
        self.descriptor = descriptor
        self.limit = max(limit, 1 << 16)
        guard let base = unsafe mmap(nil, self.limit, PROT_READ, MAP_SHARED, descriptor, 0), unsafe base != MAP_FAILED
        else {
            let code = errno
            close(descriptor)
            throw .reading(path, code)
        }
        unsafe mapping = UnsafeRawPointer(base)
        let start = Self.magic + Self.bytes(of: Fingerprint(Array(purpose.utf8)).description)
        let length = min(Int(lseek(descriptor, 0, SEEK_END)), self.limit)
        // Sound: the file has `length` bytes, and nobody else makes it shorter while the lock is held.
        let found = unsafe Self.records(in: UnsafeRawBufferPointer(start: base, count: length).bytes, behind: start)
        state = Mutex(State(records: found.records, end: found.end))
        guard ftruncate(descriptor, off_t(found.end)) == 0 else { throw .writing(path, errno) }
        if found.end == 0 {
            guard Self.write(start, to: descriptor, at: 0) else { throw .writing(path, errno) }
            state.withLock { $0.end = start.count }
        }
    }

    deinit {
        unsafe munmap(UnsafeMutableRawPointer(mutating: mapping), limit)
        close(descriptor)
    }

    /// The number of records.
    public var count: Int { state.withLock { $0.records.count } }

    /// Whether a record was turned away, because the limit was reached or the disk is full.
    public var isFull: Bool { state.withLock { $0.isFull } }

    /// Lends a record's content; nil where there is none, or it is damaged.
    public func read<Result>(_ key: String, _ body: (RawSpan) -> Result) -> Result? {
        guard let record = state.withLock({ $0.records[key] }) else { return nil }
        // Sound: records lie before the file's end, which only grows, and inside of the mapping.
        let bytes = unsafe UnsafeRawBufferPointer(
            rebasing: UnsafeRawBufferPointer(start: mapping, count: limit)[record.range])
        if !record.isSound {
            let isSound = unsafe Fingerprint(bytes.bytes).crc32Value == record.checksum
            state.withLock { $0.records[key]?.isSound = true }
            guard isSound else {
                state.withLock { $0.records[key] = nil }
                return nil
            }
        }
        return unsafe body(bytes.bytes)
    }

    /// Keeps a record, unless there is one or no room for it.
    public func append(_ key: String, _ content: [UInt8]) {
        let name = Self.bytes(of: key), checksum = Fingerprint(content).crc32Value
        let header =
            Self.bytes(of: UInt64(content.count)) + Self.bytes(of: UInt64(name.count))
            + Self.bytes(of: checksum) + Self.bytes(of: Fingerprint(name).crc32Value)
        state.withLock { state in
            guard state.records[key] == nil, !state.isFull else { return }
            let start = state.end + header.count + name.count, end = start + content.count
            // The header last: what stands behind it is whole, unless the machine fails.
            guard end <= limit, Self.write(content, to: descriptor, at: start),
                Self.write(name, to: descriptor, at: state.end + header.count),
                Self.write(header, to: descriptor, at: state.end)
            else {
                state.isFull = true
                ftruncate(descriptor, off_t(state.end))
                return
            }
            state.records[key] = Record(range: start..<end, checksum: checksum, isSound: true)
            state.end = end
        }
    }

    /// The records that are whole, by key, and where the last of them ends; 0 where the file is of another purpose.
    private static func records(in bytes: RawSpan, behind start: [UInt8]) -> (records: [String: Record], end: Int) {
        guard bytes.byteCount >= start.count, bytes.bytes(0..<start.count) == start else { return ([:], 0) }
        var records: [String: Record] = [:], place = start.count
        while place + headerSize <= bytes.byteCount {
            let count = bytes.integer(at: place, as: UInt64.self), name = bytes.integer(at: place + 8, as: UInt64.self)
            let room = UInt64(bytes.byteCount - place - headerSize)
            guard name > 0, name <= room, count <= room - name else { break }
            let from = place + headerSize + Int(name), key = bytes.bytes(place + headerSize..<from)
            guard Fingerprint(key).crc32Value == bytes.integer(at: place + 20, as: UInt32.self) else { break }
            place = from + Int(count)
            records[String(decoding: key, as: UTF8.self)] = Record(
                range: from..<place, checksum: bytes.integer(at: from - Int(name) - 8, as: UInt32.self), isSound: false)
        }
        return (records, place)
    }

    private static func bytes(of text: String) -> [UInt8] { Array(text.utf8) }

    private static func bytes(of number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// Whether all was written.
    private static func write(_ bytes: [UInt8], to descriptor: Int32, at offset: Int) -> Bool {
        var written = 0
        while written < bytes.count {
            let n = unsafe bytes.withUnsafeBytes {
                unsafe pwrite(
                    descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written, off_t(offset + written))
            }
            if n < 0, errno == EINTR { continue }
            guard n > 0 else { return false }
            written += n
        }
        return true
    }
}
