extension StoredHeader {
    /// The size in the first chunk, of which there are three kinds, and the orientation in an EXIF chunk behind it.
    ///
    /// RFC 9649, sections 2.3 to 2.7 (chunks), 3.4 (lossless); RFC 6386, section 9.1 (lossy).
    init?(webp bytes: RawSpan) {
        guard let size = Self.size(webp: bytes) else { return nil }
        (height, width) = size
        bytesPerPixel += 4  // with alpha, until it lies on white
        var chunk = 12
        while let length = bytes.littleEndian(4, at: chunk + 4) {
            let content = chunk + 8
            if bytes.holds(Array("EXIF".utf8), at: chunk), content + length <= bytes.byteCount {
                // Some writers keep the name that the block has in a JPEG.
                let start = bytes.holds(Array("Exif\0\0".utf8), at: content) && length >= 6 ? content + 6 : content
                orientation = Orientation(tiff: bytes.extracting(start..<content + length)) ?? .upright
            }
            chunk = content + length + length % 2  // padded to even
        }
    }

    private static func size(webp bytes: RawSpan) -> (height: Int, width: Int)? {
        func number(_ count: Int, at offset: Int) -> Int? { bytes.littleEndian(count, at: offset) }
        if bytes.holds(Array("VP8X".utf8), at: 12) {
            guard let width = number(3, at: 24), let height = number(3, at: 27) else { return nil }
            return (height + 1, width + 1)
        }
        if bytes.holds(Array("VP8L".utf8), at: 12) {
            guard bytes.byte(at: 20) == 0x2F, let bits = number(4, at: 21) else { return nil }
            return (bits >> 14 & 0x3FFF + 1, bits & 0x3FFF + 1)
        }
        guard bytes.holds(Array("VP8 ".utf8), at: 12), bytes.holds([0x9D, 0x01, 0x2A], at: 23),
            let width = number(2, at: 26), let height = number(2, at: 28)
        else { return nil }
        return (height & 0x3FFF, width & 0x3FFF)
    }
}
