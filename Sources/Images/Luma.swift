extension Picture {
    /// The brightness of each pixel, `[height, width]`: ITU-R BT.601 in fixed point, as Pillow's `convert("L")`.
    public var luma: [UInt8] {
        var shades = [UInt8](repeating: 0, count: height * width)
        var target = shades.mutableSpan
        let source = pixels.span
        for i in target.indices {
            let red = Int32(source[3 &* i]), green = Int32(source[3 &* i &+ 1]), blue = Int32(source[3 &* i &+ 2])
            let sum = red &* 19595 &+ green &* 38470 &+ blue &* 7471 &+ 0x8000
            target[i] = UInt8(truncatingIfNeeded: sum >> 16)
        }
        return shades
    }
}
