import Images
import PictureFixtures
import Testing

/// A colour as hue, saturation and value, each 0…255, with the roundings of `src/libImaging/Convert.c`, one by one.
private struct HueSaturationValue {
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

/// A colour of every spread and of every distance of the middle from the largest, with the channels in every order.
private let spreads: Picture = {
    var pixels: [UInt8] = []
    for spread in 0...255 {
        for distance in 0...spread {
            let (most, middle, least) = (UInt8(255), UInt8(255 - distance), UInt8(255 - spread))
            pixels += [most, middle, least, most, least, middle, middle, most, least]
            pixels += [least, most, middle, middle, least, most, least, middle, most]
        }
    }
    return Picture(height: 6, width: pixels.count / 18, pixels: pixels)
}()

/// Colours of all kinds, as many as there are pixels in this picture; the last row of sixteen is not full.
private let colourful: Picture = {
    var state: UInt32 = 1
    let pixels = (0..<3 * 211 * 173).map { i -> UInt8 in
        state = state &* 1_664_525 &+ 1_013_904_223
        return i % 7 == 0 ? 255 : i % 11 == 0 ? 0 : UInt8(state >> 24)
    }
    return Picture(height: 211, width: 173, pixels: pixels)
}()

@Suite struct ColoursTests {
    @Test(arguments: [0, 1, 100, 255]) func `hues turned for sixteen pixels at once are those of one by one`(
        step: UInt8
    ) {
        for picture in [spreads, colourful] {
            var expected = picture.pixels
            for i in stride(from: 0, to: expected.count, by: 3) {
                var colour = HueSaturationValue(red: expected[i], green: expected[i + 1], blue: expected[i + 2])
                colour.hue &+= step
                (expected[i], expected[i + 1], expected[i + 2]) = colour.redGreenBlue
            }
            #expect(picture.hueTurned(by: Float(step) / 255 + 1e-4).pixels == expected)
        }
    }

    @Test func `brightness and saturation of sixteen pixels at once are those of one by one`() {
        let luma = stride(from: 0, to: colourful.pixels.count, by: 3).map { i in
            let (red, green, blue) = (
                Int(colourful.pixels[i]), Int(colourful.pixels[i + 1]), Int(colourful.pixels[i + 2])
            )
            return UInt8((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16)
        }
        #expect(colourful.luma == luma)
        for factor in [Float(0), 0.37, 1, 1.83] {
            var expected = colourful
            for i in expected.pixels.indices {
                let grey = Float(luma[i / 3]), mixed = grey + factor * (Float(colourful.pixels[i]) - grey)
                expected.pixels[i] = UInt8(min(max(mixed, 0), 255))
            }
            #expect(colourful.saturated(by: factor) == expected)
        }
    }

    @Test func `brightness, contrast, saturation, hue and grey give Pillow's bytes`() throws {
        let golden = try fixture("colours.json", as: GoldenResults.self)
        #expect(golden.cases.count == 26)
        let source = golden.source.picture
        for result in golden.cases {
            let factor = try #require(result.factor)
            let changed =
                switch result.kind {
                case "brightness": source.brightened(by: factor)
                case "contrast": source.contrasted(by: factor)
                case "saturation": source.saturated(by: factor)
                case "hue": source.hueTurned(by: factor)
                default: source.grayscale
                }
            #expect(changed == result.picture, "\(result.kind ?? "") \(factor)")
        }
    }
}
