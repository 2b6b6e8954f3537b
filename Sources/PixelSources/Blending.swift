import CIntrinsics
import PixelInterface

/// `from + factor · (to − from)`, cut to a whole number in 0…255: `src/libImaging/Blend.c`.
///
/// Product and sum are rounded one after the other, as Pillow's are.
@inline(__always) private func mixed(_ from: Ints, _ to: Bytes16, _ factor: Floats) -> Bytes16 {
    let product = clip_to_floats(clip_widen(to) &- from) * factor
    let sum = clip_to_floats(from) + product
    return clip_clamp(clip_to_ints(clip_least_floats(sum, Floats(repeating: 255))))
}

func blend(_ bytes: MutableBytes, _ count: Int, _ from: Int32, _ factor: Float) {
    let start = Ints(repeating: from), factors = Floats(repeating: factor)
    var at = 0
    while at &+ lanes <= count {
        clip_store_bytes(mixed(start, clip_load_bytes(bytes + at), factors), bytes + at)
        at &+= lanes
    }
    guard at < count else { return }
    var rest = Bytes16(repeating: 0)
    for i in at..<count { rest[i &- at] = bytes[i] }
    rest = mixed(start, rest, factors)
    for i in at..<count { bytes[i] = rest[i &- at] }
}

func saturate(_ pixels: MutableBytes, _ count: Int, _ factor: Float) {
    let factors = Floats(repeating: factor)
    ColourVectors.forAll(pixels, count) { colours in
        let luma = colours.luma
        colours.red = mixed(luma, colours.red, factors)
        colours.green = mixed(luma, colours.green, factors)
        colours.blue = mixed(luma, colours.blue, factors)
    }
}

func takeColour(_ pixels: MutableBytes, _ count: Int) {
    ColourVectors.forAll(pixels, count) { colours in
        let luma = clip_narrow(colours.luma)
        (colours.red, colours.green, colours.blue) = (luma, luma, luma)
    }
}

func luma(_ pixels: Bytes, _ count: Int, _ luma: MutableBytes) {
    var at = 0
    while at &+ lanes <= count {
        clip_store_bytes(clip_narrow(ColourVectors(pixels + 3 &* at).luma), luma + at)
        at &+= lanes
    }
    while at < count {
        luma[at] = UInt8(truncatingIfNeeded: brightness(pixels + 3 &* at))
        at &+= 1
    }
}

func lumaSum(_ pixels: Bytes, _ count: Int) -> Int {
    var at = 0, sum = 0
    while at < count {
        // Sixteen sums of up to 2¹⁶ bytes each stay below 2³¹.
        var sums = Ints(repeating: 0)
        let end = min(count, at &+ 1 << 20)
        while at &+ lanes <= end {
            sums &+= ColourVectors(pixels + 3 &* at).luma
            at &+= lanes
        }
        for lane in 0..<lanes { sum &+= Int(sums[lane]) }
        guard at &+ lanes > count else { continue }
        while at < count {
            sum &+= brightness(pixels + 3 &* at)
            at &+= 1
        }
    }
    return sum
}

@inline(__always) private func brightness(_ pixel: Bytes) -> Int {
    (Int(pixel[0]) &* 19595 &+ Int(pixel[1]) &* 38470 &+ Int(pixel[2]) &* 7471 &+ 0x8000) &>> 16
}
