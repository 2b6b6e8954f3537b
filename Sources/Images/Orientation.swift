/// How stored pixels are turned to be seen upright: EXIF 2.32, tag 0x0112.
enum Orientation: Int, Sendable {
    case upright = 1
    case mirrored, upsideDown, flippedVertically, transposed, quarterClockwise, transverse, quarterCounterclockwise

    /// Whether height and width change places.
    var swapsSides: Bool { rawValue >= 5 }

    /// Where `region` of the upright picture, all of which is `whole`, lies in the stored one.
    func stored(_ region: Region, in whole: Region) -> Region {
        let bottom = whole.height - region.top - region.height, right = whole.width - region.left - region.width
        let (top, left) =
            switch self {
            case .upright: (region.top, region.left)
            case .mirrored: (region.top, right)
            case .upsideDown: (bottom, right)
            case .flippedVertically: (bottom, region.left)
            case .transposed: (region.left, region.top)
            case .quarterClockwise: (right, region.top)
            case .transverse: (right, bottom)
            case .quarterCounterclockwise: (region.left, bottom)
            }
        return swapsSides
            ? Region(top: top, left: left, height: region.width, width: region.height)
            : Region(top: top, left: left, height: region.height, width: region.width)
    }
}

extension Picture {
    /// The picture turned as `orientation` demands.
    func turned(_ orientation: Orientation) -> Picture {
        // The stored pixel of (row y, column x) of the result is start + y·down + x·right.
        let h = height, w = width
        let (start, down, right) =
            switch orientation {
            case .upright: (0, w, 1)
            case .mirrored: (w - 1, w, -1)
            case .upsideDown: (h * w - 1, -w, -1)
            case .flippedVertically: ((h - 1) * w, -w, 1)
            case .transposed: (0, 1, w)
            case .quarterClockwise: ((h - 1) * w, 1, -w)
            case .transverse: (h * w - 1, -1, -w)
            case .quarterCounterclockwise: (w - 1, -1, w)
            }
        guard orientation != .upright else { return self }
        let size = orientation.swapsSides ? (height: w, width: h) : (height: h, width: w)
        var turned = [UInt8](repeating: 0, count: pixels.count)
        let source = pixels.span
        var target = turned.mutableSpan
        for y in 0..<size.height {
            var from = (start + y * down) * 3, to = y * size.width * 3
            for _ in 0..<size.width {
                target[to] = source[from]
                target[to + 1] = source[from + 1]
                target[to + 2] = source[from + 2]
                from += 3 * right
                to += 3
            }
        }
        return Picture(height: size.height, width: size.width, pixels: turned)
    }
}
