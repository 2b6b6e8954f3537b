import Failures
import Storage

/// Reads the numbers of a file one behind the other. Every size is multiplied without overflow and compared with what
/// is left of the file before it is used.
struct FileCursor {
    let file: MappedBytes
    private(set) var offset = 0

    init(_ file: MappedBytes) { self.file = file }

    var path: String { file.path }
    var left: Int { file.count - offset }

    /// The next integer.
    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
        _ what: String, as type: T.Type = T.self
    ) throws(Failure) -> T {
        let start = try skip(1, of: T.bitWidth / 8, what)
        return file.bytes.read { $0.integer(at: start) }
    }

    /// The next 32-bit float.
    mutating func float(_ what: String) throws(Failure) -> Float { Float(bitPattern: try integer(what)) }

    /// The next 64-bit count, which must be small enough to be one of things of `size` bytes in what is left.
    mutating func count(_ what: String, of size: Int) throws(Failure) -> Int {
        let count: UInt64 = try integer(what)
        guard let count = Int(exactly: count), Self.product(count, size).map({ $0 <= left }) ?? false else {
            throw cut("\(count) \(what) of \(size) bytes")
        }
        return count
    }

    /// Passes over `count` things of `size` bytes and returns where they begin.
    mutating func skip(_ count: Int, of size: Int, _ what: String) throws(Failure) -> Int {
        guard count >= 0, let bytes = Self.product(count, size), bytes <= left else {
            throw cut("\(count) \(what) of \(size) bytes")
        }
        defer { offset += bytes }
        return offset
    }

    /// The next `count` floats.
    mutating func floats(_ count: Int, _ what: String) throws(Failure) -> [Float] {
        let start = try skip(count, of: 4, what)
        return file.bytes.read { [Float](littleEndian: $0.extracting(start..<start + 4 * count)) }
    }

    /// The next `count` 64-bit integers.
    mutating func integers(_ count: Int, _ what: String) throws(Failure) -> [Int64] {
        let start = try skip(count, of: 8, what)
        return file.bytes.read { bytes in (0..<count).map { bytes.integer(at: start + 8 * $0) } }
    }

    /// A count and so many floats.
    mutating func floatVector(_ what: String) throws(Failure) -> [Float] {
        try floats(try count(what, of: 4), what)
    }

    /// A count and so many 64-bit integers.
    mutating func integerVector(_ what: String) throws(Failure) -> [Int64] {
        try integers(try count(what, of: 8), what)
    }

    func cut(_ expected: String) -> Failure {
        .badVectors(path, "at byte \(offset) it says \(expected), and \(left) bytes are left")
    }

    /// `a · b`; nil where it is negative or overflows.
    static func product(_ a: Int, _ b: Int) -> Int? {
        let (product, overflows) = a.multipliedReportingOverflow(by: b)
        return overflows || product < 0 ? nil : product
    }
}

/// A mapped file that several values share.
final class MappedBytes: Sendable {
    let bytes: MappedFile
    var path: String { bytes.path }
    var count: Int { bytes.count }

    init(_ path: String) throws(Failure) { bytes = try MappedFile(path) }
}
