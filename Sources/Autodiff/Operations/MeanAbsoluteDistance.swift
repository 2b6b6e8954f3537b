import Tensors

/// `y = 1/n·Σ |a − b|` over all n numbers: the L1 loss.
///
/// `da += dy/n·sign(a − b)`, `db −= dy/n·sign(a − b)`.
struct MeanAbsoluteDistance: Operation {
    let a, b: Tensor  // [rows, width]

    var outputShape: Shape { [] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        var sum = 0.0
        for i in 0..<a.count { sum += Double(abs(values[a.offset + i] - values[b.offset + i])) }
        y[0] = Float(sum / Double(a.count))
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let (left, right) = (values.extracting(a.range), values.extracting(b.range))
        gradients.add(to: a, b, from: step.y) { dy, da, db, _, _ in
            let share = dy[0] / Float(a.count)
            for i in 0..<a.count where left[i] != right[i] {
                let part = left[i] > right[i] ? share : -share
                da[i] += part
                db[i] -= part
            }
        }
    }
}

extension Tape {
    /// The mean absolute difference between the numbers of `a` and of `b`, both `[rows, width]` → `[]`.
    public mutating func meanAbsoluteDistance(_ a: Tensor, _ b: Tensor) -> Tensor {
        precondition(a.shape == b.shape && a.count > 0, "rows of \(a.shape) and \(b.shape)")
        return apply(MeanAbsoluteDistance(a: a, b: b))
    }
}
