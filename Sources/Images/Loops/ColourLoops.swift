import CImageCodecs

// Colours' arithmetic that the loops of `CImageCodecs/colours.c` do for sixteen pixels at once, with Pillow's roundings.
extension Picture {
    /// Colours times `factor`: 0 is black, 1 the same picture.
    public func brightened(by factor: Float) -> Picture {
        unsafe changed { colours, count in unsafe clip_blend(colours, count, 0, factor) }
    }

    /// Colours' distances from the mean brightness times `factor`: 0 is one shade of grey, 1 the same picture.
    public func contrasted(by factor: Float) -> Picture {
        let luma = luma
        var sum = 0
        for shade in luma { sum += Int(shade) }
        let mean = Int32(Double(sum) / Double(luma.count) + 0.5)
        return unsafe changed { colours, count in unsafe clip_blend(colours, count, mean, factor) }
    }

    /// Colours' distances from their own brightness times `factor`: 0 is grey, 1 the same picture.
    public func saturated(by factor: Float) -> Picture {
        unsafe changed { colours, count in unsafe clip_saturate(colours, count, factor) }
    }

    /// Hues turned by `turn` of the circle, −0.5…0.5.
    public func hueTurned(by turn: Float) -> Picture {
        let step = Int32(UInt8(truncatingIfNeeded: Int(Double(turn) * 255)))
        return unsafe changed { colours, count in unsafe clip_turn_hue(colours, count, step) }
    }

    /// The brightness of each pixel, `[height, width]`: ITU-R BT.601 in fixed point, as Pillow's `convert("L")`.
    public var luma: [UInt8] {
        let count = height * width
        // Sound: `pixels` holds three bytes for each of the `count` that are written.
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            unsafe pixels.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                unsafe clip_luma(source, count, target)
            }
            initialized = count
        }
    }

    /// The picture after `loop` has changed a copy of its pixels, which are as many as it is told.
    private func changed(_ loop: (UnsafeMutablePointer<UInt8>, Int) -> Void) -> Picture {
        var result = pixels
        unsafe result.withUnsafeMutableBufferPointer { colours in
            guard let base = colours.baseAddress else { return }
            unsafe loop(base, height * width)
        }
        return Picture(height: height, width: width, pixels: result)
    }
}
