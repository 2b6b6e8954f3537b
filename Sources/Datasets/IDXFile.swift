import Failures
import Storage

/// One IDX file of bytes: a magic number that ends in the count of axes, their lengths, the values.
///
/// `0x00 0x00 0x08 n`, then `n` big-endian 32-bit lengths — LeCun, "The MNIST database". Compressed files are inflated.
struct IDXFile {
    let path: String
    let axes: [Int]
    /// Where the values begin.
    let begin: Int
    /// All bytes of the file, if it was compressed.
    let inflated: [UInt8]?

    init(_ path: String, axes expected: Int) throws(Failure) {
        self.path = path
        inflated = FileNames.ending(path) == "gz" ? try Gzip.inflated(path) : nil
        let file: (head: [UInt8], size: Int) =
            if let inflated {
                (Array(inflated.prefix(32)), inflated.count)
            } else {
                try MappedFile(path).read { ($0.bytes(0..<min(32, $0.byteCount)), $0.byteCount) }
            }
        let (head, size) = file
        begin = 4 + 4 * expected
        guard head.count >= begin, head.starts(with: [0, 0, 8, UInt8(expected)]) else {
            throw Self.damaged(path, "not an IDX file of bytes with \(expected) axes")
        }
        axes = (0..<expected).map { axis in head[4 + 4 * axis..<8 + 4 * axis].reduce(0) { $0 << 8 | Int($1) } }
        var needed = 1
        for length in axes {
            let (product, overflow) = needed.multipliedReportingOverflow(by: length)
            needed = overflow ? Int.max : product
        }
        guard needed <= size - begin else {
            throw Self.damaged(path, "expected \(needed) values, found \(size - begin)")
        }
    }

    /// Some of the values.
    func values(_ range: Range<Int>) throws(Failure) -> [UInt8] {
        let bytes = range.lowerBound + begin..<range.upperBound + begin
        if let inflated { return Array(inflated[bytes]) }
        return try MappedFile(path).read { $0.bytes(bytes) }
    }

    static func damaged(_ path: String, _ reason: String) -> Failure {
        Failure(.badData, "cannot read IDX", at: path, because: reason, try: "fetch the file again")
    }
}
