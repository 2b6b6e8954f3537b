extension StoredHeader {
    /// The size of the logical screen, in which all frames lie.
    ///
    /// Graphics Interchange Format, version 89a, section 18.
    init?(gif bytes: RawSpan) {
        guard let width = bytes.littleEndian(2, at: 6), let height = bytes.littleEndian(2, at: 8) else { return nil }
        self.height = height
        self.width = width
    }
}
