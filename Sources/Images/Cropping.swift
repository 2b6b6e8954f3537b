extension Picture {
    /// The part from row `top` and column `left`, which must lie inside.
    public func cropped(top: Int, left: Int, height newHeight: Int, width newWidth: Int) -> Picture {
        precondition(
            top >= 0 && left >= 0 && top + newHeight <= height && left + newWidth <= width,
            "\(newHeight) × \(newWidth) from (\(top), \(left)) is not inside \(height) × \(width)")
        if newHeight == height, newWidth == width { return self }
        var part: [UInt8] = []
        part.reserveCapacity(newHeight * newWidth * 3)
        for y in top..<top + newHeight {
            part.append(contentsOf: pixels[(y * width + left) * 3..<(y * width + left + newWidth) * 3])
        }
        return Picture(height: newHeight, width: newWidth, pixels: part)
    }

    /// The square of `side` pixels in the middle; where the picture is smaller, `fill` surrounds it.
    ///
    /// An odd remainder goes to the bottom and the right, as in transformers' `center_crop`.
    public func centerCropped(_ side: Int, fill: SIMD3<UInt8> = .zero) -> Picture {
        let padded = padded(height: max(height, side), width: max(width, side), fill: fill)
        return padded.cropped(
            top: (padded.height - side) / 2, left: (padded.width - side) / 2, height: side, width: side)
    }

    /// The picture in the middle of the smallest square that holds it.
    public func paddedToSquare(fill: SIMD3<UInt8> = SIMD3(repeating: 255)) -> Picture {
        padded(height: max(height, width), width: max(height, width), fill: fill)
    }

    /// The picture in the middle of a larger one; an odd remainder goes to the bottom and the right.
    public func padded(height newHeight: Int, width newWidth: Int, fill: SIMD3<UInt8>) -> Picture {
        precondition(newHeight >= height && newWidth >= width, "padding makes no picture smaller")
        if newHeight == height, newWidth == width { return self }
        var larger = Picture(height: newHeight, width: newWidth, filledWith: fill)
        larger.draw(self, top: (newHeight - height) / 2, left: (newWidth - width) / 2)
        return larger
    }

    /// The picture moved by whole pixels, negative ones up and to the left; what comes in is `fill`, or repeats the edge
    /// where that is nil.
    public func moved(down: Int, right: Int, fill: SIMD3<UInt8>?) -> Picture {
        if down == 0, right == 0 { return self }
        var moved = Picture(height: height, width: width, filledWith: fill ?? .zero)
        for y in 0..<height {
            for x in 0..<width {
                let (row, column) = (y - down, x - right)
                let isInside = 0 <= row && row < height && 0 <= column && column < width
                if fill != nil, !isInside { continue }
                moved[row: y, column: x] =
                    self[row: min(max(row, 0), height - 1), column: min(max(column, 0), width - 1)]
            }
        }
        return moved
    }

    /// Puts `picture` over this one; it must lie inside.
    package mutating func draw(_ picture: Picture, top: Int, left: Int) {
        precondition(
            top >= 0 && left >= 0 && top + picture.height <= height && left + picture.width <= width,
            "\(picture.height) × \(picture.width) at (\(top), \(left)) is not inside \(height) × \(width)")
        let length = picture.width * 3
        for y in 0..<picture.height {
            let place = ((top + y) * width + left) * 3
            pixels.replaceSubrange(place..<place + length, with: picture.pixels[y * length..<(y + 1) * length])
        }
    }

    /// The picture as a mirror shows it: left and right change places.
    public func flipped() -> Picture { turned(.mirrored) }
}
