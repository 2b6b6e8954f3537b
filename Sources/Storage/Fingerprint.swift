import CZlib

extension RawSpan {
    /// The CRC-32 of all bytes, as PNG and gzip store it: a fingerprint's, in less time than the whole of one takes.
    package var crc32: UInt32 {
        unsafe withUnsafeBytes { raw in
            guard let base = unsafe raw.assumingMemoryBound(to: UInt8.self).baseAddress else { return 0 }
            return unsafe UInt32(crc32_z(0, base, raw.count))
        }
    }
}

/// Tells two contents apart: their length, CRC-32 and Adler-32 (zlib's). Not a defence against someone who forges it.
public struct Fingerprint: Sendable, Equatable, Hashable, CustomStringConvertible {
    private var crc: UInt = 0
    private var adler: UInt = 1
    /// Bytes seen so far.
    public private(set) var count = 0

    /// The fingerprint of nothing.
    public init() {}

    /// The fingerprint of `bytes`.
    public init(_ bytes: [UInt8]) {
        self.init()
        append(unsafe bytes.span.bytes)
    }

    /// The fingerprint of `bytes`.
    public init(_ bytes: RawSpan) {
        self.init()
        append(bytes)
    }

    /// Takes in further bytes.
    public mutating func append(_ bytes: [UInt8]) { append(unsafe bytes.span.bytes) }

    /// Takes in further bytes.
    public mutating func append(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { raw in
            guard let base = unsafe raw.assumingMemoryBound(to: UInt8.self).baseAddress else { return }
            unsafe crc = crc32_z(crc, base, raw.count)
            unsafe adler = adler32_z(adler, base, raw.count)
        }
        count += bytes.byteCount
    }

    /// Takes in further floats, by their bytes.
    public mutating func append(_ floats: Span<Float>) { append(unsafe floats.bytes) }

    /// The CRC-32 alone, as PNG and gzip store it.
    public var crc32Value: UInt32 { UInt32(crc) }

    /// Hexadecimal: CRC-32, Adler-32, length.
    public var description: String { hex(crc) + hex(adler) + "-" + String(count, radix: 16) }

    private func hex(_ word: UInt) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
