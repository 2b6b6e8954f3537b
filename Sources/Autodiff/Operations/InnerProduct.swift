import Kernels
import Tensors

/// `y = Σ a·b` over all numbers; `da += dy·b`, `db += dy·a`.
///
/// With `b` the gradient of a loss by `a`, it is a scalar whose gradients are the loss's: so a step goes on from
/// gradients that were kept (Gao et al. 2021, "GradCache", equation 6).
struct InnerProduct: Operation {
    let a, b: Tensor

    var outputShape: Shape { [] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        var sum = 0.0
        for i in 0..<a.count { sum += Double(values[a.offset + i] * values[b.offset + i]) }
        y[0] = Float(sum)
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let (left, right) = (values.extracting(a.range), values.extracting(b.range))
        gradients.add(to: a, b, from: step.y) { dy, da, db, _, _ in
            addScaled(dy[0], right, to: &da)
            addScaled(dy[0], left, to: &db)
        }
    }
}

extension Tape {
    /// The sum of the products of numbers in the same place of `a` and `b` → `[]`.
    public mutating func innerProduct(_ a: Tensor, _ b: Tensor) -> Tensor {
        precondition(a.shape == b.shape && a.offset != b.offset, "tensors \(a.shape) and \(b.shape)")
        return apply(InnerProduct(a: a, b: b))
    }
}
