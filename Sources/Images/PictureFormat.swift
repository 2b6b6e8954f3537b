import CImageCodecs

/// What kind of picture file some bytes are, told from their content; the file's name has no say.
public enum PictureFormat: String, Sendable, Equatable, CaseIterable {
    case png, jpeg, webp, gif

    /// The format of `bytes`, where it is one that can be decoded.
    public init?(of bytes: RawSpan) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: Array("RIFF".utf8)), bytes.holds(Array("WEBP".utf8), at: 8) {
            self = .webp
        } else if bytes.starts(with: Array("GIF87a".utf8)) || bytes.starts(with: Array("GIF89a".utf8)) {
            self = .gif
        } else {
            return nil
        }
    }

    /// The formats that this program was built to decode.
    public static var decodable: [PictureFormat] { allCases.filter { $0.missingLibrary == nil } }

    /// What a person calls it.
    public var title: String {
        switch self {
        case .png: "PNG"
        case .jpeg: "JPEG"
        case .webp: "WebP"
        case .gif: "GIF"
        }
    }

    /// The Debian package that was not there when this program was built, where one is needed.
    var missingLibrary: String? {
        switch self {
        case .png, .jpeg: nil
        case .webp: clip_webp_is_built() ? nil : "libwebp-dev"
        case .gif: clip_gif_is_built() ? nil : "libgif-dev"
        }
    }

    /// What `bytes` seem to be instead, for the failure's line.
    static func guess(at bytes: RawSpan) -> String {
        if bytes.isEmpty { return "the file is empty" }
        for (start, name) in others where bytes.starts(with: start) { return "it is \(name)" }
        if bytes.holds(Array("ftyp".utf8), at: 4) { return "it is a HEIC, AVIF or video file" }
        return "it is neither PNG, JPEG, WebP nor GIF"
    }

    private static let others: [([UInt8], String)] = [
        (Array("BM".utf8), "a BMP picture"),
        (Array("II*\0".utf8), "a TIFF picture"), (Array("MM\0*".utf8), "a TIFF picture"),
        ([0xFF, 0x0A], "a JPEG XL picture"), ([0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C], "a JPEG XL picture"),
        ([0, 0, 0, 0x0C, 0x6A, 0x50], "a JPEG 2000 picture"), (Array("%PDF".utf8), "a PDF file"),
        (Array("<svg".utf8), "an SVG drawing"), (Array("<?xml".utf8), "an XML file, perhaps an SVG drawing"),
        (Array("<!DOCTYPE".utf8), "a web page"), (Array("<html".utf8), "a web page"),
        ([0x1F, 0x8B], "a gzip file"), (Array("PK\u{3}\u{4}".utf8), "a zip file"),
    ]
}
