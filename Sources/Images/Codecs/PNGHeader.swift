extension StoredHeader {
    /// The IHDR chunk, which is always first, and the orientation in an eXIf chunk, which may be anywhere.
    ///
    /// Portable Network Graphics (third edition), sections 5.3, 11.2.1 and 11.3.4.5.
    init?(png bytes: RawSpan) {
        guard bytes.holds(Array("IHDR".utf8), at: 12), let width = bytes.bigEndian(4, at: 16),
            let height = bytes.bigEndian(4, at: 20)
        else { return nil }
        self.height = height
        self.width = width
        if bytes.byte(at: 28) == 1 { bytesPerPixel += 4 }  // interlaced: rows with alpha are held until the last pass
        var chunk = 8
        while let length = bytes.bigEndian(4, at: chunk), !bytes.holds(Array("IEND".utf8), at: chunk + 4) {
            if bytes.holds(Array("eXIf".utf8), at: chunk + 4), chunk + 8 + length <= bytes.byteCount {
                orientation = Orientation(tiff: bytes.extracting(chunk + 8..<chunk + 8 + length)) ?? .upright
            }
            chunk += 12 + length  // length, type, content, checksum
        }
    }
}
