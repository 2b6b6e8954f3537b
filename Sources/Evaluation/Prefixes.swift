/// The first `length` numbers of each row, as rows of length one: what embeddings that were trained to put the most into the
/// first numbers are worth when they are cut — Kusupati et al. 2022, section 4.
///
/// `rows` is `[_, embedDim]`, the result `[_, length]`. A row whose first numbers are all zero stays zero.
public func unitPrefixes(of rows: Span<Float>, embedDim: Int, length: Int) -> [Float] {
    precondition(
        1...embedDim ~= length && rows.count % embedDim == 0,
        "the first \(length) numbers of rows of \(embedDim), found \(rows.count) floats")
    var prefixes: [Float] = []
    prefixes.reserveCapacity(rows.count / embedDim * length)
    for start in stride(from: 0, to: rows.count, by: embedDim) {
        var squares: Float = 0
        for i in start..<start + length { squares += rows[i] * rows[i] }
        let norm = squares.squareRoot()
        for i in start..<start + length { prefixes.append(norm > 0 ? rows[i] / norm : 0) }
    }
    return prefixes
}

extension LabelledRows {
    /// The same of the first `length` numbers of each row, as rows of length one.
    public func prefix(_ length: Int) -> LabelledRows {
        LabelledRows(
            unitPrefixes(of: rows.span, embedDim: embedDim, length: length), labels: labels, embedDim: length)
    }

    /// At most `most` of the rows, evenly spread over their order.
    public func spread(_ most: Int) -> LabelledRows {
        guard labels.count > most else { return self }
        let kept = (0..<most).map { $0 * labels.count / most }
        return LabelledRows(
            kept.flatMap { rows[$0 * embedDim..<($0 + 1) * embedDim] }, labels: kept.map { labels[$0] },
            embedDim: embedDim)
    }
}
