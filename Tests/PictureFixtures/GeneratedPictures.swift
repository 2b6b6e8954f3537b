package import Images

/// Whole numbers from a seed: a linear congruential generator of 32 bits, of which the upper ones are used.
private struct Numbers {
    private var state: UInt32

    init(seed: Int) { state = UInt32(truncatingIfNeeded: seed) &* 2_654_435_761 &+ 12_345 }

    mutating func below(_ limit: Int) -> Int {
        state = state &* 1_664_525 &+ 1_013_904_223
        return Int(state >> 16) % limit
    }

    mutating func colour() -> SIMD3<UInt8> {
        let red = below(256), green = below(256), blue = below(256)
        return SIMD3(UInt8(red), UInt8(green), UInt8(blue))
    }
}

extension Picture {
    /// Noise, slopes, a chessboard, discs or rectangles, one in ten a narrow strip: the pixels that
    /// `scripts/golden-images/suite.py` makes of the same number.
    package static func generated(_ number: Int) -> Picture {
        var numbers = Numbers(seed: number)
        var height = 16 + numbers.below(49), width = 16 + numbers.below(65)
        if number % 20 == 7 { height = 1 + numbers.below(3) }
        if number % 20 == 13 { width = 1 + numbers.below(3) }
        var picture = slopes(height, width, &numbers)
        switch number % 5 {
        case 0: for i in picture.pixels.indices { picture.pixels[i] = UInt8(numbers.below(256)) }
        case 1: picture.becomeChessboard(&numbers)
        case 2: for _ in 0..<3 { picture.addDisc(&numbers) }
        case 3: for _ in 0..<12 { picture.addRectangle(&numbers) }
        default: break
        }
        return picture
    }

    private static func slopes(_ height: Int, _ width: Int, _ numbers: inout Numbers) -> Picture {
        var picture = Picture(height: height, width: width, filledWith: .zero)
        for channel in 0..<3 {
            let down = numbers.below(8), right = numbers.below(8), start = numbers.below(256)
            for y in 0..<height {
                for x in 0..<width {
                    picture.pixels[(y * width + x) * 3 + channel] = UInt8((y * down + x * right + start) % 256)
                }
            }
        }
        return picture
    }

    private mutating func becomeChessboard(_ numbers: inout Numbers) {
        let rows = 1 + numbers.below(9), columns = 1 + numbers.below(9)
        let first = numbers.colour(), second = numbers.colour()
        for y in 0..<height {
            for x in 0..<width {
                self[row: y, column: x] = (y / rows + x / columns) % 2 == 0 ? first : second
            }
        }
    }

    private mutating func addDisc(_ numbers: inout Numbers) {
        let row = numbers.below(height), column = numbers.below(width), radius = 2 + numbers.below(20)
        let colour = numbers.colour()
        for y in 0..<height {
            for x in 0..<width where (y - row) * (y - row) + (x - column) * (x - column) < radius * radius {
                self[row: y, column: x] = colour
            }
        }
    }

    private mutating func addRectangle(_ numbers: inout Numbers) {
        let top = numbers.below(height), left = numbers.below(width)
        let tall = 1 + numbers.below(20), wide = 1 + numbers.below(20)
        let colour = numbers.colour()
        for y in top..<min(top + tall, height) {
            for x in left..<min(left + wide, width) { self[row: y, column: x] = colour }
        }
    }
}
