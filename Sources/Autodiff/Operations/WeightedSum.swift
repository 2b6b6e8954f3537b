import Tensors

/// `Σ weight·x` of scalars: how the losses of several objectives become one.
struct WeightedSum: Operation {
    let terms: [Term]

    struct Term: Sendable {
        let x: Tensor, weight: Float
    }

    var outputShape: Shape { [] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        y[0] = 0
        for term in terms { y[0] += term.weight * values[term.x.offset] }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        for term in terms {
            gradients.add(to: term.x, from: step.y) { dy, dx in dx[0] += term.weight * dy[0] }
        }
    }
}

extension Tape {
    /// The weighted sum of scalars → `[]`.
    public mutating func weightedSum(_ terms: [(Tensor, Float)]) -> Tensor {
        apply(WeightedSum(terms: terms.map { WeightedSum.Term(x: $0.0, weight: $0.1) }))
    }
}
