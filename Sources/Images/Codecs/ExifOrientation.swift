extension Orientation {
    /// The orientation in an EXIF block: a TIFF header and its first directory. No value where it is not told.
    ///
    /// TIFF 6.0, section 2: byte order, 42, where the directory lies; there a count, then entries of 12 bytes.
    init?(tiff bytes: RawSpan) {
        let isLittle = bytes.starts(with: Array("II*\0".utf8))
        guard isLittle || bytes.starts(with: Array("MM\0*".utf8)) else { return nil }
        func number(_ count: Int, at offset: Int) -> Int? {
            isLittle ? bytes.littleEndian(count, at: offset) : bytes.bigEndian(count, at: offset)
        }
        guard let directory = number(4, at: 4), let count = number(2, at: directory) else { return nil }
        for entry in 0..<count {
            let place = directory + 2 + 12 * entry
            guard let tag = number(2, at: place), let type = number(2, at: place + 2) else { return nil }
            guard tag == 0x0112 else { continue }
            guard type == 3 || type == 4, let value = number(type == 3 ? 2 : 4, at: place + 8) else { return nil }
            self.init(rawValue: value)
            return
        }
        return nil
    }
}
