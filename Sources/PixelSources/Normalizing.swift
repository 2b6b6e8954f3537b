import CIntrinsics
import PixelInterface

func normalize(_ part: Normalization) {
    let side = part.side
    var pixels = part.pixels, row = part.numbers
    for _ in 0..<side {
        var at = 0
        while at &+ lanes <= side {
            let colours = ColourVectors(pixels + 3 &* at)
            normalize(colours, part) { channel, numbers in
                clip_store_floats(numbers, row + (channel &* side &* side &+ at))
            }
            at &+= lanes
        }
        if at < side {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 3 &* lanes) { rest in
                guard let copy = rest.baseAddress else { return }
                copy.update(repeating: 0, count: 3 &* lanes)
                copy.update(from: pixels + 3 &* at, count: 3 &* (side &- at))
                normalize(ColourVectors(copy), part) { channel, numbers in
                    for i in at..<side { row[channel &* side &* side &+ i] = numbers[i &- at] }
                }
            }
        }
        pixels += part.stride
        row += side
    }
}

@inline(__always) private func normalize(
    _ colours: ColourVectors, _ part: Normalization, _ store: (Int, Floats) -> Void
) {
    store(0, normalized(colours.red, part.mean[0], part.std[0]))
    store(1, normalized(colours.green, part.mean[1], part.std[1]))
    store(2, normalized(colours.blue, part.mean[2], part.std[2]))
}

/// `(colour / 255 − mean) / std`, each step rounded, as PyTorch's `ToTensor` and `Normalize` are.
@inline(__always) private func normalized(_ channel: Bytes16, _ mean: Float, _ std: Float) -> Floats {
    let shares = clip_to_floats(clip_widen(channel)) / Floats(repeating: 255)
    return (shares - Floats(repeating: mean)) / Floats(repeating: std)
}
