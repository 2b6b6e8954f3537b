import Tensors

/// `y = max(x, 0)` — Nair & Hinton 2010. `dx += dy` where `x > 0`.
struct Rectify: Operation {
    let x: Tensor

    var outputShape: Shape { x.shape }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        let input = values.extracting(x.range)
        for i in y.indices { y[i] = max(input[i], 0) }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let input = values.extracting(x.range)
        gradients.add(to: x, from: step.y) { dy, dx in
            for i in dy.indices where input[i] > 0 { dx[i] += dy[i] }
        }
    }
}

extension Tape {
    /// x with zeros in the place of what is negative (ReLU).
    public mutating func rectify(_ x: Tensor) -> Tensor { apply(Rectify(x: x)) }
}
