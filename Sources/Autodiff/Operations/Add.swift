import Kernels
import Tensors

/// `y = a + b`, number by number.
struct Add: Operation {
    let a, b: Tensor

    var outputShape: Shape { a.shape }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        y.copy(values.extracting(a.range))
        addScaled(1, values.extracting(b.range), to: &y)
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        gradients.add(to: b, from: step.y) { dy, db in addScaled(1, dy, to: &db) }
        gradients.hand(step.y, to: a)
    }
}

extension Tape {
    /// The sum of two tensors of one shape.
    public mutating func add(_ a: Tensor, _ b: Tensor) -> Tensor {
        precondition(a.shape == b.shape, "\(a.shape) and \(b.shape) do not add up")
        return apply(Add(a: a, b: b))
    }
}
