/// What kind of picture file some bytes are, told from their content; the file's name has no say.
public enum PictureFormat: String, Sendable, Equatable {
    case png, jpeg

    /// The format of `bytes`, where it is one that can be decoded.
    public init?(of bytes: RawSpan) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else {
            return nil
        }
    }

    /// What `bytes` seem to be instead, for the failure's line.
    static func guess(at bytes: RawSpan) -> String {
        if bytes.isEmpty { return "the file is empty" }
        for (start, name) in others where bytes.starts(with: start) { return "it is \(name)" }
        if bytes.starts(with: Array("RIFF".utf8)), bytes.holds(Array("WEBP".utf8), at: 8) {
            return "it is a WebP picture"
        }
        if bytes.holds(Array("ftyp".utf8), at: 4) { return "it is a HEIC, AVIF or video file" }
        return "it is neither PNG nor JPEG"
    }

    private static let others: [([UInt8], String)] = [
        (Array("GIF8".utf8), "a GIF picture"), (Array("BM".utf8), "a BMP picture"),
        (Array("II*\0".utf8), "a TIFF picture"), (Array("MM\0*".utf8), "a TIFF picture"),
        ([0xFF, 0x0A], "a JPEG XL picture"), ([0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C], "a JPEG XL picture"),
        ([0, 0, 0, 0x0C, 0x6A, 0x50], "a JPEG 2000 picture"), (Array("%PDF".utf8), "a PDF file"),
        (Array("<svg".utf8), "an SVG drawing"), (Array("<?xml".utf8), "an XML file, perhaps an SVG drawing"),
        (Array("<!DOCTYPE".utf8), "a web page"), (Array("<html".utf8), "a web page"),
        ([0x1F, 0x8B], "a gzip file"), (Array("PK\u{3}\u{4}".utf8), "a zip file"),
    ]
}
