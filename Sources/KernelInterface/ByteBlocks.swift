/// Bytes that a kernel reads.
package typealias BytesIn = UnsafePointer<Int8>
/// Bytes that a kernel writes.
package typealias BytesOut = UnsafeMutablePointer<Int8>

/// Rows of bytes times vectors of bytes: `out[r, v] = scale[v] · Σ row[r] · vector[v]`. All bytes are −127…127.
package struct ByteProduct {
    package var rows: Int
    /// Panels of sixteen vectors.
    package var panels: Int
    /// Bytes of a row and of a vector, a multiple of four.
    package var width: Int
    /// `[rows, width]`, rows one behind the other, and what the bytes of each add up to.
    package var bytes: BytesIn, totals: UnsafePointer<Int32>
    /// `[panels, width / 4, 16, 4]`.
    package var vectors: BytesIn
    /// `[panels, 16]`.
    package var scales: In
    /// Rows are `outRow` apart.
    package var out: Out, outRow: Int

    package init(
        rows: Int, panels: Int, width: Int, bytes: BytesIn, totals: UnsafePointer<Int32>, vectors: BytesIn, scales: In,
        out: Out, outRow: Int
    ) {
        (self.rows, self.panels, self.width) = (rows, panels, width)
        (self.bytes, self.totals, self.vectors, self.scales) = (bytes, totals, vectors, scales)
        (self.out, self.outRow) = (out, outRow)
    }
}

/// Sums `Σ row · code` of up to six rows with up to four blocks of sixteen codes, and which of them reach a threshold.
package struct CodeScan {
    /// 1…6, and 1…4.
    package var rows: Int, blocks: Int
    /// Numbers of a code, a multiple of eight.
    package var width: Int
    /// `[rows, width]`: −127…127.
    package var bytes: BytesIn
    /// The codes: spread out, a number a byte, `[blocks, width / 4, 16, 4]`; or packed, two numbers a byte,
    /// `[blocks, width / 8, 16, 4]`, of which the lower four bits belong to the first four of every eight numbers.
    package var codes: BytesIn
    /// One for each row.
    package var thresholds: UnsafePointer<Int32>
    /// `[6, 64]`.
    package var sums: UnsafeMutablePointer<Int32>
    /// Bit `v` of a row's mask says whether `sums[row, v]` is at least its threshold.
    package var masks: UnsafeMutablePointer<UInt64>

    package init(
        rows: Int, blocks: Int, width: Int, bytes: BytesIn, codes: BytesIn, thresholds: UnsafePointer<Int32>,
        sums: UnsafeMutablePointer<Int32>, masks: UnsafeMutablePointer<UInt64>
    ) {
        (self.rows, self.blocks, self.width) = (rows, blocks, width)
        (self.bytes, self.codes, self.thresholds, self.sums, self.masks) = (bytes, codes, thresholds, sums, masks)
    }
}
