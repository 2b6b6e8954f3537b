import CImageCodecs
public import Failures

extension Picture {
    /// Decodes a PNG, JPEG, WebP or GIF, whichever the bytes are, upright and on white.
    ///
    /// Every PNG is read: each colour type and depth, interlaced or not; 16 bit are rounded to 8, gAMA and colour
    /// profiles are ignored. JPEGs are baseline or progressive; grey, YCbCr, RGB, CMYK or YCCK. Of what moves, the first
    /// frame is read. A picture that ends early or is damaged is a failure, never a picture with a grey half.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - place: What a failure calls it: the user's path.
    ///   - limit: The most pixels that are decoded.
    ///   - side: If given, a JPEG may be decoded at a half, a quarter or an eighth of its size, which saves most of the
    ///     time, as long as both sides stay at least `side`.
    /// - Throws: `.badData`.
    public init(
        decoding bytes: RawSpan, named place: String, limit: PixelLimit = .standard, atLeast side: Int? = nil
    ) throws(Failure) {
        try self.init(decoding: bytes, named: place, limit: limit, atLeast: side) {
            Region(top: 0, left: 0, height: $0, width: $1)
        }
    }

    /// Decodes a part of a picture: what `cropped(to:)` gives when all of it is decoded.
    ///
    /// A JPEG or PNG is decoded no further than needed: what lies outside is read, so that damage is found, but not turned
    /// into colours.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - place: What a failure calls it: the user's path.
    ///   - limit: The most pixels that are decoded.
    ///   - side: As above.
    ///   - region: Chooses the part, from the height and width of what would be decoded.
    /// - Throws: `.badData`.
    public init(
        decoding bytes: RawSpan, named place: String, limit: PixelLimit = .standard, atLeast side: Int? = nil,
        only region: (_ height: Int, _ width: Int) -> Region
    ) throws(Failure) {
        let header = try PictureHeader(of: bytes, named: place)
        try header.check(limit, named: place)
        let eighths = header.format == .jpeg ? header.eighths(atLeast: side) : 8
        let size = (height: (header.height * eighths + 7) / 8, width: (header.width * eighths + 7) / 8)
        let whole = Region(top: 0, left: 0, height: size.height, width: size.width)
        let wanted = region(size.height, size.width)
        precondition(wanted.isInside(height: size.height, width: size.width), "\(wanted) is not inside \(size)")
        let stored = header.orientation.stored(wanted, in: whole)
        if header.format == .png, let part = Picture(inflating: bytes, limit: limit, only: stored) {
            self = part.turned(header.orientation)
        } else {
            try self.init(byLibrary: bytes, header, eighths, only: wanted, in: whole, named: place)
        }
    }

    /// All of a picture, decoded by its format's library alone: what the own way of reading PNGs is compared with.
    ///
    /// - Throws: `.badData`.
    package init(decodingByLibrary bytes: RawSpan, named place: String, limit: PixelLimit = .standard) throws(Failure) {
        let header = try PictureHeader(of: bytes, named: place)
        try header.check(limit, named: place)
        let whole = Region(top: 0, left: 0, height: header.height, width: header.width)
        try self.init(byLibrary: bytes, header, 8, only: whole, in: whole, named: place)
    }

    private init(
        byLibrary bytes: RawSpan, _ header: PictureHeader, _ eighths: Int, only wanted: Region, in whole: Region,
        named place: String
    ) throws(Failure) {
        let part = header.format == .jpeg ? wanted : whole
        let stored = header.orientation.stored(part, in: whole)
        var why: String?
        // Sound: the shim writes height × width × 3 bytes or says that it failed; it checks the file's size against ours.
        let pixels = unsafe [UInt8](unsafeUninitializedCapacity: stored.height * stored.width * 3) { target, count in
            guard let base = target.baseAddress else { return }
            why = unsafe Self.decode(bytes, header, eighths, stored, into: base)
            count = why == nil ? stored.height * stored.width * 3 : 0
        }
        if let why { throw .unreadable(place, why) }
        let decoded = Picture(height: stored.height, width: stored.width, pixels: pixels).turned(header.orientation)
        self = part == wanted ? decoded : decoded.cropped(to: wanted)
    }

    /// Gives the reason of the failure, if there was one.
    private static func decode(
        _ bytes: RawSpan, _ header: PictureHeader, _ eighths: Int, _ region: Region,
        into target: UnsafeMutablePointer<UInt8>
    ) -> String? {
        let stored = header.storedSize
        let height = UInt32(stored.height), width = UInt32(stored.width)
        let part = clip_region(
            top: UInt32(region.top), left: UInt32(region.left), height: UInt32(region.height),
            width: UInt32(region.width))
        var message = [CChar](repeating: 0, count: clip_message_size)
        let isDone = unsafe bytes.withUnsafeBytes { raw in
            let source = unsafe raw.assumingMemoryBound(to: UInt8.self).baseAddress
            return switch header.format {
            case .png: unsafe clip_png_decode(source, raw.count, height, width, target, &message)
            case .jpeg:
                unsafe clip_jpeg_decode(source, raw.count, height, width, UInt32(eighths), part, target, &message)
            case .webp: unsafe clip_webp_decode(source, raw.count, height, width, target, &message)
            case .gif: unsafe clip_gif_decode(source, raw.count, height, width, target, &message)
            }
        }
        return isDone ? nil : text(message)
    }

    static func text(_ message: [CChar]) -> String {
        let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}

extension PictureHeader {
    /// The least scale, in eighths, at which both sides stay at least `side`.
    func eighths(atLeast side: Int?) -> Int {
        guard let side else { return 8 }
        return [1, 2, 4].first { (min(height, width) * $0 + 7) / 8 >= side } ?? 8
    }
}
