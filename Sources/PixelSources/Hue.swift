import CIntrinsics
import PixelInterface

func turnHue(_ pixels: MutableBytes, _ count: Int, _ step: Int32) {
    let steps = Ints(repeating: step)
    ColourVectors.forAll(pixels, count) { colours in
        var hsv = HueVectors(colours)
        hsv.hue = (hsv.hue &+ steps) & Ints(repeating: 255)
        colours = hsv.colours
    }
}

/// Hue, saturation and value of sixteen pixels, 0…255 each, with Pillow's bytes of `rgb2hsv_row` and `hsv2rgb`.
///
/// Pillow computes in floats and doubles by turns. All of it comes from whole numbers up to 255, so that here each number
/// is one quotient of whole numbers, cut or rounded to the bytes that Pillow gets; that they are the same for every
/// colour and every turn of the hue is what a test tries.
private struct HueVectors {
    var hue: Ints, saturation: Floats, value: Floats

    /// `H = ⌊255/6 · (start + (a − b) / spread)⌋` and `S = ⌊255 · spread / V⌋`, where a and b are the two colours behind
    /// the largest one.
    @inline(__always) init(_ colours: ColourVectors) {
        let red = clip_widen(colours.red), green = clip_widen(colours.green), blue = clip_widen(colours.blue)
        let most = clip_widen(clip_most(colours.red, clip_most(colours.green, colours.blue)))
        let least = clip_widen(clip_least(colours.red, clip_least(colours.green, colours.blue)))
        let spread = most &- least, two = spread &+ spread
        let isRed = clip_same(red, most), isGreen = clip_same(green, most)
        let other = clip_choose(isGreen, blue &- red &+ two, red &- green &+ two &+ two)
        let turned = clip_choose(isRed, green &- blue, other)  // of 6 · spread, which are the circle
        let circle = two &+ two &+ two
        let whole = turned &+ (turned &>> Ints(repeating: 31) & circle)

        let product = clip_to_floats(whole) * Floats(repeating: 85)
        let divisor = clip_most_floats(clip_to_floats(two), Floats(repeating: 1))
        let quotient = clip_to_ints(product / divisor)
        // Where nothing remains, Pillow's roundings have made some quotients a little less than whole.
        let isWhole = clip_same_floats(clip_to_floats(quotient) * divisor, product)
        let words = clip_pick_numbers(Self.fallingShort, quotient &>> Ints(repeating: 5))
        let fallsShort = words &>> (quotient & Ints(repeating: 31)) & isWhole & Ints(repeating: 1)
        hue = quotient &- fallsShort

        value = clip_to_floats(most)
        let share = clip_to_floats(spread) * Floats(repeating: 255) / clip_most_floats(value, Floats(repeating: 1))
        saturation = clip_to_floats(clip_to_ints(share))
    }

    /// One bit for each quotient 0…255: whether Pillow cuts it to the number below.
    @inline(__always) private static var fallingShort: SIMD8<Int32> {
        SIMD8(
            truncatingIfNeeded: SIMD8<UInt32>(
                0xFFFF_FFFE, 0x0000_0000, 0x1100_0000, 0x0000_0111, 0x222A_AAAA, 0x2323_2222, 0x0002_2222, 0x0000_0000))
    }

    /// The way back: the colour `c` of red, green and blue is `V · (1 − S · share(c))`, where a share rises from 0 to 1 over a
    /// sixth of the circle, stays for two, and falls. All products are whole in a float, and no quotient lies half-way.
    @inline(__always) var colours: ColourVectors {
        let sixths = clip_to_floats(hue &* Ints(repeating: 6))  // 255 a sixth
        let all = Floats(repeating: 255)
        return ColourVectors(
            red: colour(Floats(repeating: 510) - clip_distance(sixths, Floats(repeating: 765))),
            green: colour(clip_distance(sixths, Floats(repeating: 510)) - all),
            blue: colour(clip_distance(sixths, Floats(repeating: 1020)) - all))
    }

    @inline(__always) private func colour(_ share: Floats) -> Bytes16 {
        let inside = clip_least_floats(clip_most_floats(share, Floats(repeating: 0)), Floats(repeating: 255))
        let left = clip_multiply_add(-saturation, inside, Floats(repeating: 65_025))
        let rounded = clip_multiply_add(value * left, Floats(repeating: 1 / 65_025), Floats(repeating: 0.5))
        return clip_narrow(clip_to_ints(rounded))
    }
}
