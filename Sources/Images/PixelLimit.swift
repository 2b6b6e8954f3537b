/// How large a picture may be, checked against the file's header before anything is allocated.
public struct PixelLimit: Sendable, Equatable {
    /// The most pixels that are decoded: height times width.
    public var pixels: Int

    /// A limit of so many pixels.
    public init(pixels: Int) { self.pixels = pixels }

    /// 200 million pixels, 600 MB: the largest photograph of a telephone just fits.
    public static let standard = PixelLimit(pixels: 200_000_000)
}
