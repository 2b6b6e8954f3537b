package import KernelInterface
import Tensors

extension KernelSet {
    /// `y = Σ softmax(q·kᵀ / √headWidth)·v`, one row a sequence, head by head; the query sees all keys.
    ///
    /// queries `[segments, width]`, keys and values `[rows, 2·width]`, y `[segments, width]`, shares `[rows · heads]`.
    package func pooledAttention(
        _ shape: AttentionShape, _ queries: Span<Float>, _ keysAndValues: Span<Float>,
        into y: inout MutableSpan<Float>, shares: inout MutableSpan<Float>
    ) {
        check("pooled attention's queries", queries.count, is: shape.segments.count * shape.width)
        check("pooled attention's keys", keysAndValues.count, is: shape.segments.rowCount * 2 * shape.width)
        check("pooled attention's output", y.count, is: queries.count)
        check("pooled attention's shares", shares.count, is: shape.segments.rowCount * shape.heads)
        let (q, kv) = unsafe (pointer(queries), pointer(keysAndValues))
        let (y, shares) = unsafe (pointer(&y), pointer(&shares))
        let scale = 1 / Float(shape.headWidth).squareRoot()
        forEachHead(shape) { p in
            let (share, y) = unsafe (shares + p.share, y + p.query)
            for t in 0..<p.count {
                unsafe share[t] = scale * dot(p.headWidth, q + p.query, kv + p.key + t * p.row)
            }
            let top = (0..<p.count).reduce(-Float.infinity) { unsafe max($0, share[$1]) }
            let sum = unsafe exponentials(p.count, share, top, share)
            unsafe y.update(repeating: 0, count: p.headWidth)
            for t in 0..<p.count {
                unsafe share[t] /= sum
                unsafe addScaled(p.headWidth, share[t], kv + p.key + shape.width + t * p.row, y)
            }
        }
    }

    /// With `dp = dy·vᵀ` and `ds = p ∘ (dp − Σ p·dp)`: `dq += ds·k / √headWidth`, `dk += ds·q / √headWidth`, `dv += p·dy`.
    package func pooledAttentionGradient(
        _ shape: AttentionShape, _ queries: Span<Float>, _ keysAndValues: Span<Float>, shares: Span<Float>,
        _ dy: Span<Float>, into dQueries: inout MutableSpan<Float>, _ dKeysAndValues: inout MutableSpan<Float>
    ) {
        check("pooled attention's query gradient", dQueries.count, is: queries.count)
        check("pooled attention's key gradient", dKeysAndValues.count, is: keysAndValues.count)
        check("pooled attention's output gradient", dy.count, is: queries.count)
        let (q, kv, shares, dy) = unsafe (
            pointer(queries), pointer(keysAndValues), pointer(shares), pointer(dy)
        )
        let (dq, dkv) = unsafe (pointer(&dQueries), pointer(&dKeysAndValues))
        let scale = 1 / Float(shape.headWidth).squareRoot()
        forEachHead(shape) { p in
            let (share, dy) = unsafe (shares + p.share, dy + p.query)
            let slopes = unsafe ThreadScratch.floats(.own, p.count)
            var along: Float = 0
            for t in 0..<p.count {
                unsafe slopes[t] = dot(p.headWidth, dy, kv + p.key + shape.width + t * p.row)
                along += unsafe share[t] * slopes[t]
            }
            for t in 0..<p.count {
                let slope = unsafe scale * share[t] * (slopes[t] - along), key = p.key + t * p.row
                unsafe addScaled(p.headWidth, slope, kv + key, dq + p.query)
                unsafe addScaled(p.headWidth, slope, q + p.query, dkv + key)
                unsafe addScaled(p.headWidth, share[t], dy, dkv + key + shape.width)
            }
        }
    }

    /// Where one head of one sequence begins in the tables.
    private struct Places {
        var count, headWidth, row: Int  // keys; width of the head; floats from one key to the next
        var query, key, share: Int
    }

    private func forEachHead(_ shape: AttentionShape, _ body: (Places) -> Void) {
        parallelFor(shape.segments.count * shape.heads) { task in
            let segment = task / shape.heads, head = task % shape.heads, rows = shape.segments[segment]
            let column = head * shape.headWidth
            body(
                Places(
                    count: rows.count, headWidth: shape.headWidth, row: 2 * shape.width,
                    query: segment * shape.width + column, key: rows.lowerBound * 2 * shape.width + column,
                    share: rows.lowerBound * shape.heads + head * rows.count))
        }
    }
}
