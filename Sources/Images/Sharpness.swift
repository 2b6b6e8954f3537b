extension Picture {
    /// Differences to the smoothed picture times `factor`: 0 is smooth, 1 the same picture. Pillow's `ImageEnhance.Sharpness`.
    public func sharpened(by factor: Float) -> Picture {
        let smooth = smoothed
        var result = smooth.pixels
        var target = result.mutableSpan
        let source = pixels.span
        for i in target.indices { target[i] = Self.blend(Int32(target[i]), Int32(source[i]), factor) }
        return Picture(height: height, width: width, pixels: result)
    }

    /// Each pixel mixed with its eight neighbours, which count one thirteenth each; pixels at the edge stay as they are.
    ///
    /// Pillow's `ImageFilter.SMOOTH`. A sum of thirteenths is never half-way between two bytes, so whole numbers round as
    /// its floats do.
    public var smoothed: Picture {
        guard height >= 3, width >= 3 else { return self }
        let length = width * 3
        var result = pixels
        var target = result.mutableSpan
        let source = pixels.span
        for y in 1..<height - 1 {
            let above = source.extracting((y - 1) * length..<y * length)
            let here = source.extracting(y * length..<(y + 1) * length)
            let below = source.extracting((y + 1) * length..<(y + 2) * length)
            func column(_ i: Int) -> UInt32 { UInt32(above[i]) &+ UInt32(here[i]) &+ UInt32(below[i]) }
            for i in 3..<length - 3 {
                let sum = column(i &- 3) &+ column(i) &+ column(i &+ 3) &+ 4 &* UInt32(here[i])
                target[y &* length &+ i] = UInt8(truncatingIfNeeded: (2 &* sum &+ 13) / 26)
            }
        }
        return Picture(height: height, width: width, pixels: result)
    }
}
