public import Failures

/// What a picture file says of itself before its pixels are decoded.
public struct PictureHeader: Sendable, Equatable {
    /// The kind of file.
    public let format: PictureFormat
    /// Rows and columns of the picture as a person sees it: after its EXIF orientation.
    public let height: Int, width: Int
    /// How the stored pixels are to be turned.
    let orientation: Orientation
    /// What decoding holds at once for each pixel.
    let bytesPerPixel: Int

    /// Reads the header of `bytes`; `place` is what a failure calls them.
    ///
    /// - Throws: `.badData` where the bytes are no picture, are one that this program was built without, end within the
    ///   header, or hold no pixel.
    public init(of bytes: RawSpan, named place: String) throws(Failure) {
        guard let format = PictureFormat(of: bytes) else {
            throw .unreadable(place, PictureFormat.guess(at: bytes), try: "convert it to PNG or JPEG, or leave it out")
        }
        if let library = format.missingLibrary {
            throw .unreadable(
                place, "it is a \(format.title) picture, and this program was built without \(library)",
                try: "install \(library) and build again, convert the file to PNG or JPEG, or leave it out")
        }
        let stored =
            switch format {
            case .png: StoredHeader(png: bytes)
            case .jpeg: StoredHeader(jpeg: bytes)
            case .webp: StoredHeader(webp: bytes)
            case .gif: StoredHeader(gif: bytes)
            }
        guard let stored else {
            throw .unreadable(place, "it is a \(format.title) picture that ends early or whose header is damaged")
        }
        guard stored.height > 0, stored.width > 0 else {
            throw .unreadable(place, "its header says \(stored.height) × \(stored.width) pixels")
        }
        self.format = format
        orientation = stored.orientation
        bytesPerPixel = stored.bytesPerPixel
        height = orientation.swapsSides ? stored.width : stored.height
        width = orientation.swapsSides ? stored.height : stored.width
    }

    /// Rows and columns as the file stores them: before its EXIF orientation.
    var storedSize: (height: Int, width: Int) {
        orientation.swapsSides ? (width, height) : (height, width)
    }

    /// Refuses a picture that is larger than `limit`.
    func check(_ limit: PixelLimit, named place: String) throws(Failure) {
        let remedy = "make it smaller, or leave it out"
        let (count, isTooLarge) = width.multipliedReportingOverflow(by: height)
        guard !isTooLarge, count <= limit.pixels else {
            throw .unreadable(
                place, "it has \(height) × \(width) pixels, more than the limit of \(limit.pixels)", try: remedy)
        }
        let (bytes, isTooMuch) = count.multipliedReportingOverflow(by: bytesPerPixel)
        guard !isTooMuch, bytes <= limit.bytes else {
            throw .unreadable(
                place, "its \(height) × \(width) pixels need more memory than the limit of \(limit.bytes) bytes",
                try: remedy)
        }
    }
}

/// Height, width and orientation in a file's own terms; no value where the bytes end before they are told.
struct StoredHeader {
    var height = 0, width = 0
    var orientation = Orientation.upright
    /// What decoding holds at once for each pixel: its colours, and what is kept until all of it is read.
    var bytesPerPixel = 3
}

extension Failure {
    static func unreadable(
        _ place: String, _ why: String, try remedy: String = "replace the file, or leave it out"
    ) -> Failure {
        Failure(.badData, "cannot read picture", at: place, because: why, try: remedy)
    }
}
