/// How much of a picture is decoded at most, checked against the file's header before anything is allocated.
public struct PixelLimit: Sendable, Equatable {
    /// The most pixels that are decoded: height times width.
    public var pixels: Int
    /// The most bytes that decoding holds at once: the pixels, and what the kind of file asks for beside them.
    public var bytes: Int

    /// A limit of so many pixels, and of so many bytes.
    public init(pixels: Int, bytes: Int = 1_500_000_000) { (self.pixels, self.bytes) = (pixels, bytes) }

    /// 200 million pixels, 600 MB: the largest photograph of a telephone just fits. A progressive JPEG, whose coefficients are
    /// all held, may have 166 million.
    public static let standard = PixelLimit(pixels: 200_000_000)
}
