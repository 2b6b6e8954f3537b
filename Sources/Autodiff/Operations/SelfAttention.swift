import Kernels
public import Tensors

/// Multi-head attention inside each sequence of packed rows, with the layer before it that makes queries, keys and values:
/// `y = attention(norm(x)·Wᵀ + bias)` — Vaswani et al. 2017, eq. 1 and section 3.2.2.
///
/// Keeps queries, keys and values, and one number a row and head; scores are made again for the gradient (Dao et al. 2022,
/// section 3.1), and so are normalised rows.
struct SelfAttention: Operation {
    let x: Tensor  // [rows, width]
    let places: SelfAttentionPlaces

    var outputShape: Shape { x.shape }
    var savedCount: Int { places.savedCount }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        kernels.selfAttention(places, values, into: &y, saving: &saved)
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let saved = values.extracting(step.saved), output = values.extracting(step.y.range)
        let learning = gradients.isWanted(places.matrix)
        gradients.addWithParameters(to: x, from: step.y) { dy, dx, parameters in
            kernels.selfAttentionGradient(
                places, values, saved: saved, output, dy, into: &dx, parameters: &parameters, learning: learning)
        }
    }
}

extension Tape {
    /// Attention among the rows of each segment, which are seen through `norm` where there is one: x `[rows, width]`, not a
    /// parameter; `layer` makes queries, keys and values, `[3·width, width]` → `[rows, width]`. Causal: a token sees itself
    /// and those before it.
    public mutating func selfAttention(
        _ x: Tensor, through norm: NormParameters?, _ layer: LinearParameters, segments: Segments, heads: Int,
        causal: Bool
    ) -> Tensor {
        let width = x.width
        precondition(layer.weight.shape == [3 * width, width], "weight \(layer.weight.shape) for rows of \(x.shape)")
        precondition(width % heads == 0, "\(x.shape) does not split into \(heads) heads")
        precondition(segments.rowCount == x.rowCount, "segments of \(segments.rowCount) rows for \(x.shape)")
        let shape = AttentionShape(segments: segments, heads: heads, width: width, isCausal: causal)
        return apply(
            SelfAttention(
                x: x,
                places: SelfAttentionPlaces(
                    shape: shape, x: x.range, norm: norm?.places, matrix: places(of: layer))))
    }
}
