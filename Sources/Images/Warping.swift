/// How a pixel is read between four others; the names are Pillow's.
public enum WarpFilter: String, Sendable, Codable, CaseIterable {
    case nearest, bilinear
}

extension Picture {
    /// The picture of the same size in which each pixel comes from where `map` says; what comes from outside is `fill`.
    ///
    /// Pillow's bytes for `Image.transform`: `nearest` steps in 16-bit fixed point, which Pillow leaves for floats beyond
    /// 32,767 pixels; `bilinear` computes in doubles and rounds down.
    public func warped(
        by map: AffineMap, filter: WarpFilter = .nearest, fill: SIMD3<UInt8> = .zero
    ) -> Picture {
        switch filter {
        case .nearest: warpedToNearest(map, fill)
        case .bilinear: warpedBilinearly(map, fill)
        }
    }

    /// The picture turned counterclockwise about its middle, of the same size; what comes from outside is `fill`.
    ///
    /// Quarter turns of a square and half turns move whole pixels, as Pillow's `rotate`.
    public func rotated(
        degrees: Double, filter: WarpFilter = .nearest, fill: SIMD3<UInt8> = .zero
    ) -> Picture {
        let turn = degrees - 360 * (degrees / 360).rounded(.down)
        switch turn {
        case 0, 360: return self
        case 180: return turned(.upsideDown)
        case 90 where height == width: return turned(.quarterCounterclockwise)
        case 270 where height == width: return turned(.quarterClockwise)
        default:
            return warped(by: .rotation(degrees: turn, height: height, width: width), filter: filter, fill: fill)
        }
    }

    private func warpedToNearest(_ map: AffineMap, _ fill: SIMD3<UInt8>) -> Picture {
        func fixed(_ number: Double) -> Int { Int((number * 65536 + 0.5).rounded(.down)) }
        let right = (x: fixed(map.a), y: fixed(map.d)), down = (x: fixed(map.b), y: fixed(map.e))
        var start = (x: fixed(map.c + map.a * 0.5 + map.b * 0.5), y: fixed(map.f + map.d * 0.5 + map.e * 0.5))
        var result = Picture(height: height, width: width, filledWith: fill)
        var target = result.pixels.mutableSpan
        let source = pixels.span
        for row in 0..<height {
            var (x, y) = start
            for column in 0..<width {
                if 0..<width ~= x >> 16, 0..<height ~= y >> 16 {
                    let from = ((y >> 16) * width + x >> 16) * 3, to = (row * width + column) * 3
                    for c in 0..<3 { target[to + c] = source[from + c] }
                }
                x += right.x
                y += right.y
            }
            start.x += down.x
            start.y += down.y
        }
        return result
    }

    private func warpedBilinearly(_ map: AffineMap, _ fill: SIMD3<UInt8>) -> Picture {
        var result = Picture(height: height, width: width, filledWith: fill)
        for row in 0..<height {
            for column in 0..<width {
                let x = Double(column) + 0.5, y = Double(row) + 0.5
                let sourceX = map.a * x + map.b * y + map.c, sourceY = map.d * x + map.e * y + map.f
                guard sourceX >= 0, sourceX < Double(width), sourceY >= 0, sourceY < Double(height) else { continue }
                result[row: row, column: column] = between(sourceX - 0.5, sourceY - 0.5)
            }
        }
        return result
    }

    /// The colour at a place between pixel middles, rounded down; beyond the edge lies the edge's colour.
    private func between(_ x: Double, _ y: Double) -> SIMD3<UInt8> {
        let left = x.rounded(.down), top = y.rounded(.down)
        func pixel(_ row: Double, _ column: Double) -> SIMD3<Double> {
            SIMD3<Double>(
                self[row: min(max(Int(row), 0), height - 1), column: min(max(Int(column), 0), width - 1)])
        }
        func row(_ row: Double) -> SIMD3<Double> {
            let (first, second) = (pixel(row, left), pixel(row, left + 1))
            return first + (second - first) * (x - left)
        }
        let (upper, lower) = (row(top), row(top + 1))
        let mixed = upper + (lower - upper) * (y - top)
        return SIMD3(UInt8(mixed.x), UInt8(mixed.y), UInt8(mixed.z))
    }
}
