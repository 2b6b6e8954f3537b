import PixelInterface

// Colours' arithmetic that the loops do for sixteen pixels at once, with Pillow's roundings: in place, so that several
// changes of one picture make no copies in between.
extension Picture {
    /// Multiplies colours by `factor`: 0 is black, 1 the same picture.
    public mutating func brighten(by factor: Float) {
        unsafe change { colours, count in unsafe loops.blend(colours, 3 * count, 0, factor) }
    }

    /// Multiplies colours' distances from the mean brightness: 0 is one shade of grey, 1 the same picture.
    public mutating func contrast(by factor: Float) {
        let mean = Int32(Double(lumaSum) / Double(height * width) + 0.5)
        unsafe change { colours, count in unsafe loops.blend(colours, 3 * count, mean, factor) }
    }

    /// Multiplies colours' distances from their own brightness: 0 is grey, 1 the same picture.
    public mutating func saturate(by factor: Float) {
        unsafe change { colours, count in unsafe loops.saturate(colours, count, factor) }
    }

    /// Turns hues by `turn` of the circle, −0.5…0.5.
    public mutating func turnHue(by turn: Float) {
        let step = Int32(UInt8(truncatingIfNeeded: Int(Double(turn) * 255)))
        unsafe change { colours, count in unsafe loops.turnHue(colours, count, step) }
    }

    /// Puts the brightness of each pixel into all three channels.
    public mutating func takeColour() {
        unsafe change { colours, count in unsafe loops.takeColour(colours, count) }
    }

    /// The brightness of each pixel, `[height, width]`: ITU-R BT.601 in fixed point, as Pillow's `convert("L")`.
    public var luma: [UInt8] {
        let count = height * width
        // Sound: `pixels` holds three bytes for each of the `count` that are written.
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            unsafe pixels.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                unsafe loops.luma(source, count, target)
            }
            initialized = count
        }
    }

    /// The sum of `luma`.
    private var lumaSum: Int {
        // Sound: `pixels` holds three bytes for each pixel.
        unsafe pixels.withUnsafeBufferPointer { source in
            guard let source = source.baseAddress else { return 0 }
            return unsafe loops.lumaSum(source, height * width)
        }
    }

    /// Lends the pixels, of which there are as many as the loop is told.
    private mutating func change(_ loop: (UnsafeMutablePointer<UInt8>, Int) -> Void) {
        let count = height * width
        unsafe pixels.withUnsafeMutableBufferPointer { colours in
            guard let base = colours.baseAddress else { return }
            unsafe loop(base, count)
        }
    }
}

// The same as new pictures.
extension Picture {
    /// Colours times `factor`: 0 is black, 1 the same picture.
    public func brightened(by factor: Float) -> Picture { changed { $0.brighten(by: factor) } }

    /// Colours' distances from the mean brightness times `factor`: 0 is one shade of grey, 1 the same picture.
    public func contrasted(by factor: Float) -> Picture { changed { $0.contrast(by: factor) } }

    /// Colours' distances from their own brightness times `factor`: 0 is grey, 1 the same picture.
    public func saturated(by factor: Float) -> Picture { changed { $0.saturate(by: factor) } }

    /// Hues turned by `turn` of the circle, −0.5…0.5.
    public func hueTurned(by turn: Float) -> Picture { changed { $0.turnHue(by: turn) } }

    /// The brightness of each pixel in all three channels.
    public var grayscale: Picture { changed { $0.takeColour() } }

    private func changed(_ change: (inout Picture) -> Void) -> Picture {
        var picture = self
        change(&picture)
        return picture
    }
}
