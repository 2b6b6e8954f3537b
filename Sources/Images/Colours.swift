/// Pillow's colour arithmetic, byte for byte: `ImageEnhance`, and the hue as torchvision turns it over Pillow.
extension Picture {
    /// The brightness of each pixel in all three channels.
    public var grayscale: Picture { Picture(grayscale: luma.span, height: height, width: width) }

    /// Colours times `factor`: 0 is black, 1 the same picture.
    public func brightened(by factor: Float) -> Picture {
        mapped { colour in Self.blend(0, colour, factor) }
    }

    /// Colours' distances from the mean brightness times `factor`: 0 is one shade of grey, 1 the same picture.
    public func contrasted(by factor: Float) -> Picture {
        let luma = luma
        let mean = Int32(Double(luma.reduce(0) { $0 + Int($1) }) / Double(luma.count) + 0.5)
        return mapped { colour in Self.blend(mean, colour, factor) }
    }

    /// Colours' distances from their own brightness times `factor`: 0 is grey, 1 the same picture.
    public func saturated(by factor: Float) -> Picture {
        let luma = luma
        let grey = luma.span
        var result = pixels
        var target = result.mutableSpan
        for i in grey.indices {
            let shade = Int32(grey[i])
            for c in 0..<3 { target[3 &* i &+ c] = Self.blend(shade, Int32(target[3 &* i &+ c]), factor) }
        }
        return Picture(height: height, width: width, pixels: result)
    }

    /// Hues turned by `turn` of the circle, −0.5…0.5.
    public func hueTurned(by turn: Float) -> Picture {
        let step = UInt8(truncatingIfNeeded: Int(Double(turn) * 255))
        var result = pixels
        var target = result.mutableSpan
        for i in stride(from: 0, to: target.count, by: 3) {
            var colour = HueSaturationValue(red: target[i], green: target[i &+ 1], blue: target[i &+ 2])
            colour.hue &+= step
            let turned = colour.redGreenBlue
            target[i] = turned.0
            target[i &+ 1] = turned.1
            target[i &+ 2] = turned.2
        }
        return Picture(height: height, width: width, pixels: result)
    }

    /// Every byte through one function of it, by table.
    private func mapped(_ function: (Int32) -> UInt8) -> Picture {
        let table = (0..<256).map { function(Int32($0)) }
        let values = table.span
        var result = pixels
        var target = result.mutableSpan
        for i in target.indices { target[i] = values[Int(target[i])] }
        return Picture(height: height, width: width, pixels: result)
    }

    /// `from + factor · (to − from)`, cut to a whole number in 0…255: `src/libImaging/Blend.c`.
    @inline(__always) private static func blend(_ from: Int32, _ to: Int32, _ factor: Float) -> UInt8 {
        let mixed = Float(from) + factor * Float(to &- from)
        return mixed <= 0 ? 0 : mixed >= 255 ? 255 : UInt8(mixed)
    }
}

/// A colour as hue, saturation and value, each 0…255, with the roundings of `src/libImaging/Convert.c`.
struct HueSaturationValue {
    var hue: UInt8 = 0, saturation: UInt8 = 0
    let value: UInt8

    init(red: UInt8, green: UInt8, blue: UInt8) {
        let most = max(red, green, blue), least = min(red, green, blue)
        value = most
        guard most != least else { return }
        let spread = Float(most - least)
        let r = Float(most - red) / spread, g = Float(most - green) / spread, b = Float(most - blue) / spread
        let sixths: Float =
            if red == most { b - g } else if green == most { Float(2 + Double(r) - Double(b)) } else {
                Float(4 + Double(g) - Double(r))
            }
        let turns = Double(sixths) / 6 + 1
        let fraction = Float(turns >= 1 ? turns - 1 : turns)
        hue = UInt8(Double(fraction) * 255)
        saturation = UInt8(Double(spread / Float(most)) * 255)
    }

    var redGreenBlue: (UInt8, UInt8, UInt8) {
        guard saturation > 0 else { return (value, value, value) }
        let sixths = Double(Float(hue) * 6) / 255
        let sector = Int(sixths)
        let f = Double(Float(sixths - Double(sector)))
        let s = Double(Float(Double(saturation) / 255)), v = Double(value)
        let p = rounded(v * (1 - s)), q = rounded(v * (1 - s * f)), t = rounded(v * (1 - s * (1 - f)))
        return switch sector % 6 {
        case 0: (value, t, p)
        case 1: (q, value, p)
        case 2: (p, value, t)
        case 3: (p, q, value)
        case 4: (t, p, value)
        default: (value, p, q)
        }
    }

    private func rounded(_ x: Double) -> UInt8 { UInt8(x + 0.5) }
}
