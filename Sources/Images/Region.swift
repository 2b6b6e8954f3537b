/// A rectangle of whole pixels inside a picture.
public struct Region: Sendable, Equatable {
    /// The first row and the first column.
    public var top: Int, left: Int
    /// Rows and columns.
    public var height: Int, width: Int

    /// `height` × `width` pixels from row `top` and column `left`.
    public init(top: Int, left: Int, height: Int, width: Int) {
        (self.top, self.left, self.height, self.width) = (top, left, height, width)
    }

    /// Its rows and its columns.
    var rows: Range<Int> { top..<top + height }
    var columns: Range<Int> { left..<left + width }

    /// Whether it holds a pixel, and all that it holds lies in a picture of `height` × `width`.
    func isInside(height: Int, width: Int) -> Bool {
        top >= 0 && left >= 0 && self.height > 0 && self.width > 0 && top + self.height <= height
            && left + self.width <= width
    }
}

extension Picture {
    /// The part that `region` names, which must lie inside.
    public func cropped(to region: Region) -> Picture {
        cropped(top: region.top, left: region.left, height: region.height, width: region.width)
    }

    /// The picture with what `region` names, which must lie inside, in the colours that `colour` gives, row by row.
    public func filled(_ region: Region, with colour: () -> SIMD3<UInt8>) -> Picture {
        precondition(region.isInside(height: height, width: width), "\(region) is not inside \(height) × \(width)")
        var filled = self
        for y in region.rows {
            for x in region.columns { filled[row: y, column: x] = colour() }
        }
        return filled
    }
}
