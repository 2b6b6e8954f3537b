import Images

/// Pixels that forms are drawn on, each pixel from 4 × 4 points.
struct Canvas {
    private(set) var picture: Picture

    init(side: Int, shade: Float) {
        let grey = UInt8(shade)
        picture = Picture(height: side, width: side, filledWith: SIMD3(grey, grey, grey))
    }

    /// Draws an object.
    ///
    /// - Parameters:
    ///   - place: the centre, `x` and `y` as shares of the side.
    ///   - radius: a share of the side.
    ///   - shift: added to the colour.
    mutating func draw(_ object: ShapeObject, at place: SIMD2<Float>, radius: Float, shift: SIMD3<Float>) {
        let side = Float(picture.width), colour = object.colour.rgb + shift
        let left = Int(max((place.x - radius) * side, 0)), right = Int(min((place.x + radius) * side + 1, side))
        let top = Int(max((place.y - radius) * side, 0)), bottom = Int(min((place.y + radius) * side + 1, side))
        for y in top..<bottom {
            for x in left..<right {
                var hits = 0
                for point in 0..<16 {
                    let px = (Float(x) + (Float(point & 3) + 0.5) / 4) / side - place.x
                    let py = (Float(y) + (Float(point >> 2) + 0.5) / 4) / side - place.y
                    if object.form.contains(px / radius, py / radius) { hits += 1 }
                }
                if hits > 0 { blend(colour, Float(hits) / 16, row: y, column: x) }
            }
        }
    }

    private mutating func blend(_ colour: SIMD3<Float>, _ share: Float, row: Int, column: Int) {
        let under = picture[row: row, column: column]
        var mixed = under
        for c in 0..<3 {
            let value = Float(under[c]) + (colour[c] - Float(under[c])) * share
            mixed[c] = UInt8(min(max(value + 0.5, 0), 255))
        }
        picture[row: row, column: column] = mixed
    }
}
