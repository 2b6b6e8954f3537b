package import KernelInterface
package import Tensors

/// What an attention op needs to know beside its floats.
package struct AttentionShape: Sendable {
    package var segments: Segments
    package var heads: Int, width: Int
    package var isCausal: Bool

    package init(segments: Segments, heads: Int, width: Int, isCausal: Bool) {
        (self.segments, self.heads, self.width, self.isCausal) = (segments, heads, width, isCausal)
    }

    package var rowCount: Int { segments.rowCount }
    package var headWidth: Int { width / heads }
}

/// Where the packed tables of an attention begin.
@unsafe struct AttentionPlaces {
    var qkv: In
    var y: Out
    var statistics: Out
    var dy: In
    var dqkv: Out
}

extension KernelSet {
    /// Attention over packed rows: every sequence by itself, every head by itself.
    ///
    /// qkv `[rows, 3·width]` (queries, keys, values), y `[rows, width]`, statistics `[rows, heads]`.
    package func attention(
        _ shape: AttentionShape, _ qkv: Span<Float>, into y: inout MutableSpan<Float>,
        statistics: inout MutableSpan<Float>
    ) {
        check("attention input", qkv.count, is: shape.rowCount * 3 * shape.width)
        check("attention output", y.count, is: shape.rowCount * shape.width)
        check("attention statistics", statistics.count, is: shape.rowCount * shape.heads)
        unsafe attention(
            shape,
            AttentionPlaces(
                qkv: pointer(qkv), y: pointer(&y), statistics: pointer(&statistics), dy: In(nowhere), dqkv: nowhere))
    }

    /// The same for tables whose sizes are known to be right.
    func attention(_ shape: AttentionShape, _ places: AttentionPlaces) {
        forEachHead(shape) { segment, head in unsafe attention(headPart(shape, places, segment, head)) }
    }

    /// `dqkv += …`, from the output and its gradient; the probabilities are made again from `statistics`.
    package func attentionGradient(
        _ shape: AttentionShape, _ qkv: Span<Float>, _ y: Span<Float>, statistics: Span<Float>, _ dy: Span<Float>,
        into dqkv: inout MutableSpan<Float>
    ) {
        check("attention input gradient", dqkv.count, is: qkv.count)
        check("attention output gradient", dy.count, is: shape.rowCount * shape.width)
        // The two written fields are only read backwards.
        let places = unsafe AttentionPlaces(
            qkv: pointer(qkv), y: Out(mutating: pointer(y)), statistics: Out(mutating: pointer(statistics)),
            dy: pointer(dy), dqkv: pointer(&dqkv))
        forEachHead(shape) { segment, head in unsafe attentionGradient(headPart(shape, places, segment, head)) }
    }

    private func forEachHead(_ shape: AttentionShape, _ body: (Int, Int) -> Void) {
        parallelFor(shape.segments.count * shape.heads) { task in body(task / shape.heads, task % shape.heads) }
    }

    func headPart(_ shape: AttentionShape, _ p: AttentionPlaces, _ segment: Int, _ head: Int) -> AttentionHead {
        let rows = shape.segments[segment], width = shape.width, headWidth = shape.headWidth
        let corner = rows.lowerBound * 3 * width + head * headWidth, out = rows.lowerBound * width + head * headWidth
        return unsafe AttentionHead(
            tokens: rows.count, headWidth: headWidth, isCausal: shape.isCausal, q: p.qkv + corner,
            k: p.qkv + corner + width, v: p.qkv + corner + 2 * width, row: 3 * width, y: p.y + out, yRow: width,
            statistics: p.statistics + rows.lowerBound * shape.heads + head, statisticsRow: shape.heads,
            dy: p.dy + out, dq: p.dqkv + corner, dk: p.dqkv + corner + width, dv: p.dqkv + corner + 2 * width,
            scratch: ThreadScratch.floats(.own, attentionScratch(rows.count, headWidth)))
    }
}
