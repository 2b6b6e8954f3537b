/// A picture in memory: RGB, 8 bit a channel, row by row from the top left.
public struct Picture: Sendable, Equatable {
    /// Rows, at least 1.
    public let height: Int
    /// Pixels in a row, at least 1.
    public let width: Int
    /// The colours: `[height, width, 3]`, red first, 0…255, sRGB as the file says them.
    public var pixels: [UInt8]

    /// A picture from its colours, `[height, width, 3]`.
    public init(height: Int, width: Int, pixels: [UInt8]) {
        precondition(height > 0 && width > 0, "a picture has at least one pixel, found \(height) × \(width)")
        precondition(
            pixels.count == height * width * 3,
            "\(height) × \(width) needs \(height * width * 3), found \(pixels.count)")
        self.height = height
        self.width = width
        self.pixels = pixels
    }

    /// A picture of one colour.
    public init(height: Int, width: Int, filledWith colour: SIMD3<UInt8>) {
        var pixels = [UInt8](repeating: colour[0], count: height * width * 3)
        if colour[1] != colour[0] || colour[2] != colour[0] {
            for i in stride(from: 0, to: pixels.count, by: 3) {
                pixels[i + 1] = colour[1]
                pixels[i + 2] = colour[2]
            }
        }
        self.init(height: height, width: width, pixels: pixels)
    }

    /// A picture from shades of grey, `[height, width]`, 0 black, 255 white; as IDX files hold them.
    public init(grayscale shades: Span<UInt8>, height: Int, width: Int) {
        precondition(shades.count == height * width, "\(height) × \(width) shades, found \(shades.count)")
        var pixels = [UInt8](repeating: 0, count: shades.count * 3)
        for i in shades.indices {
            pixels[3 * i] = shades[i]
            pixels[3 * i + 1] = shades[i]
            pixels[3 * i + 2] = shades[i]
        }
        self.init(height: height, width: width, pixels: pixels)
    }

    /// The colour at one place.
    public subscript(row y: Int, column x: Int) -> SIMD3<UInt8> {
        get {
            let i = (y * width + x) * 3
            return SIMD3(pixels[i], pixels[i + 1], pixels[i + 2])
        }
        set {
            let i = (y * width + x) * 3
            for c in 0..<3 { pixels[i + c] = newValue[c] }
        }
    }
}
