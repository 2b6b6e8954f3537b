import Kernels
public import Tensors

/// Multi-head attention inside each sequence of packed rows — Vaswani et al. 2017, eq. 1 and section 3.2.2.
///
/// Keeps one number a row and head; scores are made again for the gradient (Dao et al. 2022, section 3.1).
struct Attention: Operation {
    let qkv: Tensor  // [rows, 3·width]: queries, keys, values
    let shape: AttentionShape

    var outputShape: Shape { [qkv.rowCount, shape.width] }
    var savedCount: Int { qkv.rowCount * shape.heads }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        kernels.attention(shape, values.extracting(qkv.range), into: &y, statistics: &saved)
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let input = values.extracting(qkv.range), output = values.extracting(step.y.range)
        let statistics = values.extracting(step.saved)
        gradients.add(to: qkv, from: step.y) { dy, dqkv in
            kernels.attentionGradient(shape, input, output, statistics: statistics, dy, into: &dqkv)
        }
    }
}

extension Tape {
    /// Attention over qkv `[rows, 3·width]` → `[rows, width]`; causal: a token sees itself and those before it.
    public mutating func attention(_ qkv: Tensor, segments: Segments, heads: Int, causal: Bool) -> Tensor {
        let width = qkv.width / 3
        precondition(qkv.width == 3 * width && width % heads == 0, "\(qkv.shape) does not split into \(heads) heads")
        precondition(segments.rowCount == qkv.rowCount, "segments of \(segments.rowCount) rows for \(qkv.shape)")
        let shape = AttentionShape(segments: segments, heads: heads, width: width, isCausal: causal)
        return apply(Attention(qkv: qkv, shape: shape))
    }
}
