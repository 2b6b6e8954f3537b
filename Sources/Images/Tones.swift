/// Changes of colours one by one, through a table: Pillow's `ImageOps`, byte for byte.
extension Picture {
    /// Dark and light change places.
    public var inverted: Picture { mapped { UInt8(255 - $0) } }

    /// The colours with only their first `bits` bits, 1…8, of which eight are all.
    public func posterized(bits: Int) -> Picture {
        precondition(1...8 ~= bits, "a colour has 1 to 8 bits, found \(bits)")
        let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - bits))
        return mapped { UInt8($0) & mask }
    }

    /// Colours from `threshold` on, 0…256, are inverted.
    public func solarized(from threshold: Float = 128) -> Picture {
        mapped { Float($0) < threshold ? UInt8($0) : UInt8(255 - $0) }
    }

    /// Each channel stretched, so that its darkest colour becomes 0 and its lightest 255.
    public var autocontrasted: Picture {
        mappedByChannel { histogram in
            guard let low = histogram.firstIndex(where: { $0 > 0 }),
                let high = histogram.lastIndex(where: { $0 > 0 }), low < high
            else { return nil }
            let scale = 255 / Double(high - low), offset = Double(-low) * scale
            return (0..<256).map { UInt8(min(max(Int(Double($0) * scale + offset), 0), 255)) }
        }
    }

    /// Each channel mapped so that all its shades are about equally frequent.
    public var equalized: Picture {
        mappedByChannel { histogram in
            let counts = histogram.filter { $0 > 0 }
            let step = (counts.reduce(0, +) - (counts.last ?? 0)) / 255
            guard counts.count > 1, step > 0 else { return nil }
            var sum = step / 2
            return histogram.map { count in
                defer { sum += count }
                return UInt8(min(sum / step, 255))
            }
        }
    }

    /// Every channel through a table that is made from how often each of its 256 shades occurs; no table, no change.
    private func mappedByChannel(_ table: ([Int]) -> [UInt8]?) -> Picture {
        var result = pixels
        for channel in 0..<3 {
            var histogram = [Int](repeating: 0, count: 256)
            for i in stride(from: channel, to: pixels.count, by: 3) { histogram[Int(pixels[i])] += 1 }
            guard let table = table(histogram) else { continue }
            for i in stride(from: channel, to: pixels.count, by: 3) { result[i] = table[Int(pixels[i])] }
        }
        return Picture(height: height, width: width, pixels: result)
    }
}
