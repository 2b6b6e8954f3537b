extension StoredHeader {
    /// The frame header, and the orientation in an APP1 segment before it or behind it.
    ///
    /// ITU-T T.81, annex B: segments are FF, a code, a length that counts itself, and content, up to the first scan.
    init?(jpeg bytes: RawSpan) {
        var position = 2
        var hasFrame = false
        while let code = Self.nextMarker(in: bytes, &position) {
            if code == 0xDA || code == 0xD9 { break }  // start of scan, end of image
            if code == 0x01 || 0xD0...0xD8 ~= code { continue }  // markers without content
            guard let length = bytes.bigEndian(2, at: position), length >= 2 else { return nil }
            if Self.isFrame(code), !hasFrame {
                guard let height = bytes.bigEndian(2, at: position + 3),
                    let width = bytes.bigEndian(2, at: position + 5)
                else { return nil }
                (self.height, self.width, hasFrame) = (height, width, true)
                // Progressive: 16 bits for each coefficient of each component are held until the last scan.
                if code == 0xC2 || code == 0xCA { bytesPerPixel += 2 * Int(bytes.byte(at: position + 7) ?? 4) }
            }
            let end = position + length
            if code == 0xE1, bytes.holds(Array("Exif\0\0".utf8), at: position + 2), length >= 8, end <= bytes.byteCount
            {
                orientation = Orientation(tiff: bytes.extracting(position + 8..<end)) ?? orientation
            }
            position = end
        }
        guard hasFrame else { return nil }
    }

    /// Finds the next marker as libjpeg does: skips to an FF, then over further FFs, and over FF 00.
    private static func nextMarker(in bytes: RawSpan, _ position: inout Int) -> UInt8? {
        while let byte = bytes.byte(at: position) {
            position += 1
            guard byte == 0xFF else { continue }
            while bytes.byte(at: position) == 0xFF { position += 1 }
            guard let code = bytes.byte(at: position) else { return nil }
            position += 1
            if code != 0 { return code }
        }
        return nil
    }

    /// SOF0 to SOF15, without the three codes in between that mean something else (DHT, JPG, DAC).
    private static func isFrame(_ code: UInt8) -> Bool {
        0xC0...0xCF ~= code && code != 0xC4 && code != 0xC8 && code != 0xCC
    }
}
