extension RawSpan {
    /// Lends `count` little-endian 32-bit floats that begin at byte `offset`, without copying them.
    ///
    /// The range must lie in the span, and the floats' address must be a multiple of four.
    package func readFloats<Result, E: Error>(
        at offset: Int, count: Int, _ body: (Span<Float>) throws(E) -> Result
    ) throws(E) -> Result {
        let bytes = extracting(offset..<offset + 4 * count)
        // Sound: the bytes were bounds-checked above, the alignment is checked here, and every bit pattern is a float.
        return try unsafe bytes.withUnsafeBytes { (raw) throws(E) -> Result in
            guard let base = raw.baseAddress, count > 0 else { return try body(Span()) }
            precondition(Int(bitPattern: base) % 4 == 0, "floats at offset \(offset) are not aligned")
            return try unsafe body(raw.assumingMemoryBound(to: Float.self).span)
        }
    }
}
