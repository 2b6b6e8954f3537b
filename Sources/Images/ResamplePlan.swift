/// How a part of a picture becomes one of another size: a table a side, drawn up before any pixel is touched.
package struct ResamplePlan: Sendable {
    /// What is read.
    package var region: Region
    /// What makes rows of rows, and pixels of the pixels of a row; nil where a side stays as it is.
    var vertical: WeightTable?, horizontal: WeightTable?
    /// Whether left and right change places when all else is done.
    var isMirroredAfter = false
    /// Whether nothing is rounded before the end.
    var isInFloats = false
    /// Whether columns are resized before rows: Pillow 13 does so where a height loses more than twice what the width loses.
    /// It may differ by a level, since what lies between has 8 bit.
    var isVerticalFirst = false

    /// Rows and pixels in a row of what is made.
    package var height: Int { vertical?.outputs ?? region.height }
    package var width: Int { horizontal?.outputs ?? region.width }

    /// `region`, resized and on demand mirrored.
    package init(
        _ region: Region, height newHeight: Int, width newWidth: Int, filter: ResizeFilter, isFlipped: Bool = false,
        arithmetic: ResizeArithmetic = .pillow
    ) {
        self.init(
            region, to: (newHeight, newWidth), keeping: Region(top: 0, left: 0, height: newHeight, width: newWidth),
            filter, arithmetic)
        guard isFlipped else { return }
        if let horizontal { self.horizontal = horizontal.reversed } else { isMirroredAfter = true }
    }

    /// Of `region`, resized to `size`, only what `kept` names.
    package init(
        _ region: Region, to size: (height: Int, width: Int), keeping kept: Region, _ filter: ResizeFilter,
        _ arithmetic: ResizeArithmetic = .pillow
    ) {
        precondition(size.height > 0 && size.width > 0, "cannot resize to \(size)")
        self.region = region
        isInFloats = arithmetic == .floats
        isVerticalFirst =
            arithmetic == .pillow && Self.isVerticalFirst(from: (region.height, region.width), to: size)
        if kept.rows != 0..<region.height || size.height != region.height {
            vertical = WeightTable(
                resizing: region.height, to: size.height, keeping: kept.rows, with: filter, arithmetic: arithmetic)
        }
        if kept.columns != 0..<region.width || size.width != region.width {
            horizontal = WeightTable(
                resizing: region.width, to: size.width, keeping: kept.columns, with: filter, arithmetic: arithmetic)
        }
    }

    /// All of `region` with its shorter side changed to `shorterSide`, and of that the middle square.
    package init(
        _ region: Region, shorterSide: Int, centerCropped side: Int, filter: ResizeFilter,
        arithmetic: ResizeArithmetic = .pillow
    ) {
        let size = region.size(withShorterSide: shorterSide)
        precondition(min(size.height, size.width) >= side, "a square of \(side) is not inside \(size)")
        let kept = Region(
            top: arithmetic.middle(size.height - side), left: arithmetic.middle(size.width - side), height: side,
            width: side)
        self.init(region, to: size, keeping: kept, filter, arithmetic)
    }

    init(_ region: Region, vertical: WeightTable?, horizontal: WeightTable?) {
        (self.region, self.vertical, self.horizontal) = (region, vertical, horizontal)
        isVerticalFirst = Self.isVerticalFirst(from: (region.height, region.width), to: (height, width))
    }

    /// `src/libImaging/Resample.c` of Pillow 13.
    private static func isVerticalFirst(
        from old: (height: Int, width: Int), to new: (height: Int, width: Int)
    ) -> Bool {
        old.height > new.height && old.height - new.height > 2 * (old.width - new.width)
    }

    /// The pixels that are read: what lies around them need not be there.
    package var needed: Region {
        let rows = vertical?.inputRange ?? 0..<region.height, columns = horizontal?.inputRange ?? 0..<region.width
        return Region(
            top: region.top + rows.lowerBound, left: region.left + columns.lowerBound, height: rows.count,
            width: columns.count)
    }

    /// The same where only what is needed is there, as a picture of its own.
    package var ofNeeded: ResamplePlan {
        let needed = needed
        var plan = self
        plan.vertical?.shift(by: region.top - needed.top)
        plan.horizontal?.shift(by: region.left - needed.left)
        plan.region = Region(top: 0, left: 0, height: needed.height, width: needed.width)
        return plan
    }
}

extension Picture {
    /// What the plan makes of the picture: along rows and along columns, 8 bit in between as in Pillow, or floats.
    package func resampled(_ plan: ResamplePlan) -> Picture {
        if plan.isInFloats { return resampledInFloats(plan) }
        if plan.isVerticalFirst, let vertical = plan.vertical, let horizontal = plan.horizontal {
            return resampled(plan.region, vertical, then: horizontal)
        }
        let (source, table) = alongRows(plan)
        let resized = table.map { source.resampledAlongColumns(source.whole, $0) } ?? source
        return plan.isMirroredAfter ? resized.flipped() : resized
    }

    /// Columns first, of only those that the rows read.
    private func resampled(_ region: Region, _ vertical: WeightTable, then horizontal: WeightTable) -> Picture {
        let columns = horizontal.inputRange
        var part = region, rows = horizontal
        (part.left, part.width) = (region.left + columns.lowerBound, columns.count)
        rows.shift(by: -columns.lowerBound)
        let between = resampledAlongColumns(part, vertical)
        return between.resampledAlongRows(between.whole, rows)
    }

    /// The first half of a plan, of only the rows that the second reads, and the table for that.
    fileprivate func alongRows(_ plan: ResamplePlan) -> (Picture, WeightTable?) {
        let region = plan.region
        precondition(region.isInside(height: height, width: width), "\(region) is not inside \(height) × \(width)")
        guard var vertical = plan.vertical else {
            return (plan.horizontal.map { resampledAlongRows(region, $0) } ?? cropped(to: region), nil)
        }
        let rows = vertical.inputRange
        var part = region
        (part.top, part.height) = (region.top + rows.lowerBound, rows.count)
        vertical.shift(by: -rows.lowerBound)
        return (plan.horizontal.map { resampledAlongRows(part, $0) } ?? cropped(to: part), vertical)
    }
}

/// What a plan makes of a picture in strips of some rows, top to bottom: all of it never stands in memory.
package struct ResampledStrips: ~Copyable {
    private let source: Picture
    private let table: WeightTable?
    private let isMirrored: Bool
    /// What is made, over and over again: `[rows, width, 3]`.
    private var strip: Picture
    /// How many strips there are.
    package let count: Int

    /// Strips of `rows` rows, which must divide the height of what is made.
    package init(of picture: Picture, by plan: ResamplePlan, rows: Int) {
        precondition(plan.height % rows == 0, "\(plan.height) rows do not make strips of \(rows)")
        let isWhole = plan.isInFloats || plan.isVerticalFirst && plan.vertical != nil && plan.horizontal != nil
        (source, table) = isWhole ? (picture.resampled(plan), nil) : picture.alongRows(plan)
        isMirrored = plan.isMirroredAfter && !isWhole
        count = plan.height / rows
        strip = Picture(height: rows, width: plan.width, filledWith: .zero)
    }

    /// Makes the strip with this number, from 0, and lends it.
    package mutating func make(_ number: Int) -> Picture {
        let rows = number * strip.height..<(number + 1) * strip.height
        var made = Picture(height: 1, width: 1, filledWith: .zero)
        swap(&made, &strip)
        if let table {
            source.resampleAlongColumns(source.whole, table, outputs: rows, into: &made.pixels)
        } else {
            made = source.cropped(top: rows.lowerBound, left: 0, height: rows.count, width: source.width)
        }
        return isMirrored ? made.flipped() : made
    }

    /// Takes a strip back, so that the next one needs no new memory.
    package mutating func takeBack(_ made: consuming Picture) { strip = made }
}
