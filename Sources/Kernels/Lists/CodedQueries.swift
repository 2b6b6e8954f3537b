import KernelInterface

/// How many numbers a code has, and how many bytes: the first lie in blocks of sixteen rows, so that a scan reads little; the
/// others row by row.
package struct CodeShape: Sendable, Equatable {
    /// Floats of a stored row.
    package let embedDim: Int
    /// A multiple of sixteen, and one of 32.
    package let highDim, lowDim: Int
    /// Bytes of a block of sixteen high codes.
    package let blockBytes: Int

    /// The usual shape: as many numbers as there are dimensions, at most 192.
    package init(embedDim: Int) {
        self.embedDim = embedDim
        highDim = min(96, (embedDim + 15) / 16 * 16)
        lowDim = min(96, max(0, (embedDim - highDim + 31) / 32 * 32))
        blockBytes = 8 * highDim
    }

    /// Codes of another kind, whose numbers all lie in blocks.
    package init(embedDim: Int, numbers: Int, blockBytes: Int) {
        (self.embedDim, highDim, lowDim, self.blockBytes) = (embedDim, numbers, 0, blockBytes)
    }

    /// Numbers of a code.
    package var width: Int { highDim + lowDim }
    /// Bytes of one low code.
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
    /// What numbers of a code are looked up in.
    package let tables: CodeTables
    /// What is added to the scores of all rows, and the length of each query.
    package let offsets, lengths: [Float]

    /// How many there are.
    package var count: Int { rows.count }

    /// Queries, and the rows whose products with them are the weights: `projection` has `width` of them.
    package init(_ vectors: [Float], projection: BytePanels, shape: CodeShape) {
        precondition(projection.count == shape.width, "\(projection.count) rows for \(shape.width) weights")
        let rows = QuantizedRows(vectors.span, columns: shape.embedDim)
        self.init(
            vectors, rows, weights: QuantizedRows(projection.products(with: rows).span, columns: shape.width),
            highDim: shape.highDim)
    }

    /// Queries alone, for rows that have no codes.
    package init(_ vectors: [Float], shape: CodeShape) {
        self.init(vectors, QuantizedRows(vectors.span, columns: shape.embedDim))
    }

    /// Queries with the weights of numbers of a byte, `[queries, embedDim]`, and what is added to each of their scores.
    package init(_ vectors: [Float], weights: [Float], offsets: [Float], shape: CodeShape) {
        let rows = QuantizedRows(vectors.span, columns: shape.embedDim)
        let weights = QuantizedRows(weights.span, columns: shape.embedDim)
        precondition(offsets.count == rows.count && weights.count == rows.count, "\(offsets.count) offsets")
        self.init(vectors, rows, weights: weights, highDim: shape.highDim, offsets: offsets)
    }

    /// Queries, the same as bytes, and the tables in which the numbers of codes are looked up.
    package init(_ vectors: [Float], _ rows: QuantizedRows, tables: CodeTables, shape: CodeShape) {
        precondition(tables.bytes.count == rows.count * shape.highDim * 16, "\(tables.bytes.count) bytes of tables")
        let width = shape.embedDim
        let lengths = (0..<rows.count).map { query in
            Float(sumOfSquares(vectors.span.extracting(query * width..<(query + 1) * width)).squareRoot())
        }
        self.init(vectors, rows, tables: tables, offsets: tables.offsets, lengths: lengths)
    }

    private init(
        _ vectors: [Float], _ rows: QuantizedRows, weights: QuantizedRows? = nil, highDim: Int = 0,
        tables: CodeTables? = nil, offsets: [Float] = [], lengths: [Float] = []
    ) {
        let weights = weights ?? QuantizedRows(width: 0, bytes: [], scales: [])
        let (bytes, width) = (weights.bytes, weights.width)
        let highTotals = (0..<weights.count).map { query in
            bytes[query * width..<query * width + highDim].reduce(Int32(0)) { $0 &+ Int32($1) }
        }
        (self.vectors, self.rows, self.weights, self.highTotals) = (vectors, rows, weights, highTotals)
        lowTotals = zip(weights.totals, highTotals).map { $0 &- $1 }
        self.tables = tables ?? CodeTables([], numbers: 0)
        (self.offsets, self.lengths) = (offsets, lengths)
    }
}
