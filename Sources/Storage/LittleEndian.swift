/// Numbers as files store them: little-endian, at any offset. Every offset is checked against the span's length.
extension RawSpan {
    /// The integer at `offset`.
    package func integer<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: T.Type = T.self) -> T {
        // Sound: the load is checked against the span's bounds, and every bit pattern is a valid integer.
        T(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// Reads as many 32-bit floats (IEEE 754) as `floats` holds.
    package func copyFloats(at offset: Int, into floats: inout MutableSpan<Float>) {
        let source = extracting(offset..<offset + 4 * floats.count)
        for i in floats.indices { floats[i] = Float(bitPattern: source.integer(at: 4 * i)) }
    }

    /// Reads as many 16-bit floats (IEEE 754 binary16) as `floats` holds.
    package func copyHalfFloats(at offset: Int, into floats: inout MutableSpan<Float>) {
        let source = extracting(offset..<offset + 2 * floats.count)
        for i in floats.indices { floats[i] = Float(Float16(bitPattern: source.integer(at: 2 * i))) }
    }

    /// Reads as many bfloat16 numbers (the upper half of a 32-bit float) as `floats` holds.
    package func copyBrainFloats(at offset: Int, into floats: inout MutableSpan<Float>) {
        let source = extracting(offset..<offset + 2 * floats.count)
        for i in floats.indices {
            floats[i] = Float(bitPattern: UInt32(source.integer(at: 2 * i, as: UInt16.self)) << 16)
        }
    }
}

extension [UInt8] {
    /// 32-bit floats (IEEE 754), one behind the other.
    package init(littleEndian floats: some Collection<Float>) {
        self = []
        reserveCapacity(4 * floats.count)
        for float in floats {
            let bits = float.bitPattern
            for shift in stride(from: 0, to: 32, by: 8) { append(UInt8(truncatingIfNeeded: bits >> shift)) }
        }
    }
}

extension [Float] {
    /// Reads `bytes` as 32-bit floats (IEEE 754); what is left of less than four bytes is not read.
    package init(littleEndian bytes: RawSpan) {
        self = [Float](repeating: 0, count: bytes.byteCount / 4)
        var floats = mutableSpan
        bytes.copyFloats(at: 0, into: &floats)
    }
}
