import KernelInterface

/// How many numbers a code has: the first lie in blocks of sixteen rows, so that a scan reads little; the others row by row.
package struct CodeShape: Sendable, Equatable {
    /// Floats of a stored row.
    package let embedDim: Int
    /// A multiple of sixteen, and one of 32.
    package let highDim, lowDim: Int

    /// The usual shape: as many numbers as there are dimensions, at most 192.
    package init(embedDim: Int) {
        self.embedDim = embedDim
        highDim = min(96, (embedDim + 15) / 16 * 16)
        lowDim = min(96, max(0, (embedDim - highDim + 31) / 32 * 32))
    }

    /// Numbers of a code.
    package var width: Int { highDim + lowDim }
    /// Bytes of a block of sixteen high codes, and of one low code.
    package var blockBytes: Int { 8 * highDim }
    package var lowBytes: Int { lowDim / 2 }
    /// Bytes of a quantized row.
    package var byteWidth: Int { QuantizedRows.width(embedDim) }
}

/// Queries in the forms in which a scan of lists needs them.
package struct CodedQueries: Sendable {
    /// `[queries, embedDim]`.
    package let vectors: [Float]
    /// The same as bytes, for products with means.
    package let rows: QuantizedRows
    /// `[queries, width]`: what the numbers of a code are multiplied with.
    package let weights: QuantizedRows
    let highTotals, lowTotals: [Int32]

    /// How many there are.
    package var count: Int { rows.count }

    /// Queries, and the rows whose products with them are the weights: `projection` has `width` of them.
    package init(_ vectors: [Float], projection: BytePanels, shape: CodeShape) {
        precondition(projection.count == shape.width, "\(projection.count) rows for \(shape.width) weights")
        self.vectors = vectors
        rows = QuantizedRows(vectors.span, columns: shape.embedDim)
        weights = QuantizedRows(projection.products(with: rows).span, columns: shape.width)
        let (bytes, width) = (weights.bytes, shape.width)
        highTotals = (0..<rows.count).map { query in
            bytes[query * width..<query * width + shape.highDim].reduce(Int32(0)) { $0 &+ Int32($1) }
        }
        lowTotals = zip(weights.totals, highTotals).map { $0 &- $1 }
    }
}
