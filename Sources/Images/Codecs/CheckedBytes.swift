/// Reading from a file's bytes with every offset checked: what lies outside is no value.
extension RawSpan {
    /// The byte at `offset`.
    func byte(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < byteCount else { return nil }
        return unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)  // sound: within the bounds, and a byte
    }

    /// The big-endian number in `count` bytes (at most 4) from `offset`.
    func bigEndian(_ count: Int, at offset: Int) -> Int? {
        var number = 0
        for i in 0..<count {
            guard let byte = byte(at: offset + i) else { return nil }
            number = number << 8 | Int(byte)
        }
        return number
    }

    /// The little-endian number in `count` bytes (at most 4) from `offset`.
    func littleEndian(_ count: Int, at offset: Int) -> Int? {
        var number = 0
        for i in 0..<count {
            guard let byte = byte(at: offset + i) else { return nil }
            number |= Int(byte) << (8 * i)
        }
        return number
    }

    /// Whether the bytes from `offset` are `expected`.
    func holds(_ expected: [UInt8], at offset: Int) -> Bool {
        expected.indices.allSatisfy { byte(at: offset + $0) == expected[$0] }
    }

    /// Whether the first bytes are `expected`.
    func starts(with expected: [UInt8]) -> Bool { holds(expected, at: 0) }
}
