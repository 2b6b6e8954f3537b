import Tensors

/// `y = 1/n·Σ_i ‖a_i − b_i‖²` over rows: what pulls vectors to others, "feature distillation" — Yang et al. 2024
/// (CLIP-KD), equation 4.
///
/// `da += 2·dy/n·(a − b)`, `db −= 2·dy/n·(a − b)`.
struct MeanSquaredDistance: Operation {
    let a, b: Tensor  // [rows, width]

    var outputShape: Shape { [] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        var sum = 0.0
        for i in 0..<a.count {
            let difference = values[a.offset + i] - values[b.offset + i]
            sum += Double(difference * difference)
        }
        y[0] = Float(sum / Double(a.rowCount))
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let (left, right) = (values.extracting(a.range), values.extracting(b.range))
        gradients.add(to: a, b, from: step.y) { dy, da, db, _, _ in
            let share = 2 * dy[0] / Float(a.rowCount)
            for i in 0..<a.count {
                let part = share * (left[i] - right[i])
                da[i] += part
                db[i] -= part
            }
        }
    }
}

extension Tape {
    /// The mean over rows of the squared distance between those of `a` and of `b`, both `[rows, width]` → `[]`.
    public mutating func meanSquaredDistance(_ a: Tensor, _ b: Tensor) -> Tensor {
        precondition(a.shape == b.shape && a.rowCount > 0, "rows of \(a.shape) and \(b.shape)")
        return apply(MeanSquaredDistance(a: a, b: b))
    }
}
