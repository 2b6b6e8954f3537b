import Kernels
public import Tensors

/// Attention with one query a sequence: how a class token, an end token or a learnt probe gathers the rows.
///
/// Vaswani et al. 2017, eq. 1; over packed rows, without a mask.
struct PooledAttention: Operation {
    let queries: Tensor  // [segments, width]
    let keysAndValues: Tensor  // [rows, 2·width]
    let shape: AttentionShape

    var outputShape: Shape { queries.shape }
    /// Every row's share in every head.
    var savedCount: Int { keysAndValues.rowCount * shape.heads }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        kernels.pooledAttention(
            shape, values.extracting(queries.range), values.extracting(keysAndValues.range), into: &y, shares: &saved)
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let q = values.extracting(queries.range), kv = values.extracting(keysAndValues.range)
        let shares = values.extracting(step.saved)
        gradients.add(to: queries, keysAndValues, from: step.y) { dy, dq, dkv, _, _ in
            kernels.pooledAttentionGradient(shape, q, kv, shares: shares, dy, into: &dq, &dkv)
        }
    }
}

extension Tape {
    /// One query a segment `[segments, width]` over keys and values `[rows, 2·width]` → `[segments, width]`.
    public mutating func pooledAttention(
        _ queries: Tensor, _ keysAndValues: Tensor, segments: Segments, heads: Int
    ) -> Tensor {
        let width = queries.width
        precondition(
            keysAndValues.width == 2 * width && width % heads == 0,
            "queries \(queries.shape), keys and values \(keysAndValues.shape), \(heads) heads")
        precondition(
            segments.count == queries.rowCount && segments.rowCount == keysAndValues.rowCount,
            "\(segments.count) segments of \(segments.rowCount) rows for \(queries.shape) and \(keysAndValues.shape)")
        let shape = AttentionShape(segments: segments, heads: heads, width: width, isCausal: false)
        return apply(PooledAttention(queries: queries, keysAndValues: keysAndValues, shape: shape))
    }
}
