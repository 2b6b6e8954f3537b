/// Which inputs make each output along one axis: `counts[i]` from `starts[i]` on, with the weights at `i · taps`, whole
/// numbers of 2⁻²². Sums of products are rounded, shifted and clamped to a byte.
package struct PixelWeights {
    package var outputs: Int, taps: Int
    package var starts: UnsafePointer<Int32>, counts: UnsafePointer<Int32>, weights: UnsafePointer<Int32>

    package init(
        outputs: Int, taps: Int, starts: UnsafePointer<Int32>, counts: UnsafePointer<Int32>,
        weights: UnsafePointer<Int32>
    ) {
        (self.outputs, self.taps) = (outputs, taps)
        (self.starts, self.counts, self.weights) = (starts, counts, weights)
    }

    /// Some of the outputs.
    package func part(_ range: Range<Int>) -> PixelWeights {
        PixelWeights(
            outputs: range.count, taps: taps, starts: starts + range.lowerBound, counts: counts + range.lowerBound,
            weights: weights + range.lowerBound * taps)
    }
}

/// Rows of RGB that are made longer or shorter.
package struct RowResampling {
    package var table: PixelWeights
    /// `rows` rows, `stride` bytes apart.
    package var pixels: Bytes, stride: Int, rows: Int
    /// The table reads pixels `first` to `end` of a row, and no others.
    package var first: Int, end: Int
    /// `[rows, table.outputs, 3]`.
    package var target: MutableBytes
    package var scratch: UnsafeMutableRawPointer

    package init(
        table: PixelWeights, pixels: Bytes, stride: Int, rows: Int, first: Int, end: Int, target: MutableBytes,
        scratch: UnsafeMutableRawPointer
    ) {
        self.table = table
        (self.pixels, self.stride, self.rows) = (pixels, stride, rows)
        (self.first, self.end) = (first, end)
        (self.target, self.scratch) = (target, scratch)
    }
}

/// A picture that is blurred by the same symmetric kernel along both sides, its edges mirrored.
package struct Blurring {
    /// `[height, width, 3]`, not the same place as `target`.
    package var pixels: Bytes, height: Int, width: Int
    /// Half of the kernel, from its middle to its end: whole numbers of 2⁻¹⁵, all of the kernel together 1.
    package var columns: UnsafePointer<Int16>, columnReach: Int
    /// The same along rows.
    package var rows: UnsafePointer<Int16>, rowReach: Int
    package var target: MutableBytes
    /// `3 · (width + 2 · rowReach) + 64` bytes.
    package var scratch: MutableBytes

    package init(
        pixels: Bytes, height: Int, width: Int, columns: UnsafePointer<Int16>, columnReach: Int,
        rows: UnsafePointer<Int16>, rowReach: Int, target: MutableBytes, scratch: MutableBytes
    ) {
        (self.pixels, self.height, self.width) = (pixels, height, width)
        (self.columns, self.columnReach, self.rows, self.rowReach) = (columns, columnReach, rows, rowReach)
        (self.target, self.scratch) = (target, scratch)
    }
}

/// `side` × `side` pixels as numbers `(colour / 255 − mean) / std` of their channel.
package struct Normalization {
    /// The first of the pixels, whose rows lie `stride` bytes apart.
    package var pixels: Bytes, stride: Int, side: Int
    /// Three each.
    package var mean: UnsafePointer<Float>, std: UnsafePointer<Float>
    /// `[3, side, side]`.
    package var numbers: UnsafeMutablePointer<Float>

    package init(
        pixels: Bytes, stride: Int, side: Int, mean: UnsafePointer<Float>, std: UnsafePointer<Float>,
        numbers: UnsafeMutablePointer<Float>
    ) {
        (self.pixels, self.stride, self.side) = (pixels, stride, side)
        (self.mean, self.std, self.numbers) = (mean, std, numbers)
    }
}

/// A row of a PNG as its filter left it; the loop reads and writes up to `margin` bytes behind each of its three rows.
package struct FilteredRow {
    /// What was taken from each byte: 0 nothing, 1 the one before it, 2 the one above, 3 the mean of both, 4 that of the two
    /// and of the one above the former which is nearest to their plane.
    package var filter: UInt8
    package var bytes: Bytes, count: Int
    /// Bytes from one pixel to the next: at least 1, at most 8.
    package var step: Int
    /// The row above, unfiltered; zeros above the first.
    package var above: Bytes
    /// The row, unfiltered; not the same place as the others.
    package var target: MutableBytes

    package static var margin: Int { 16 }

    package init(filter: UInt8, bytes: Bytes, count: Int, step: Int, above: Bytes, target: MutableBytes) {
        (self.filter, self.bytes, self.count, self.step) = (filter, bytes, count, step)
        (self.above, self.target) = (above, target)
    }
}
