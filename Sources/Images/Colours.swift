/// Pillow's colour arithmetic, byte for byte: `ImageEnhance`, and the hue as torchvision turns it over Pillow.
extension Picture {
    /// Every byte through one function of it, by table.
    func mapped(_ function: (Int32) -> UInt8) -> Picture {
        let table = (0..<256).map { function(Int32($0)) }
        let values = table.span
        var result = pixels
        var target = result.mutableSpan
        for i in target.indices { target[i] = values[Int(target[i])] }
        return Picture(height: height, width: width, pixels: result)
    }

    /// `from + factor · (to − from)`, cut to a whole number in 0…255: `src/libImaging/Blend.c`.
    @inline(__always) static func blend(_ from: Int32, _ to: Int32, _ factor: Float) -> UInt8 {
        let mixed = Float(from) + factor * Float(to &- from)
        return mixed <= 0 ? 0 : mixed >= 255 ? 255 : UInt8(mixed)
    }
}
