public import Kernels
import Tensors

/// The hidden layer of a transformer's block: `y = [x +] activation(norm(x)·W₁ᵀ + b₁)·W₂ᵀ + b₂` — Vaswani et al. 2017,
/// eq. 2.
///
/// Keeps what the activation is applied to and no more; all else is made again for the gradient, which costs less than to
/// write it and read it back.
struct FeedForward: Operation {
    let x: Tensor  // [rows, width]
    let places: FeedForwardPlaces
    let isRecorded: Bool

    var outputShape: Shape { x.shape }
    var savedCount: Int { isRecorded ? places.rows * places.hidden : 0 }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        kernels.feedForward(places, values, into: &y, sums: &saved)
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let sums = values.extracting(step.saved)
        let learning = (first: gradients.isWanted(places.first), second: gradients.isWanted(places.second))
        gradients.addWithParameters(to: x, from: step.y) { dy, dx, parameters in
            kernels.feedForwardGradient(
                places, values, sums: sums, dy, into: &dx, parameters: &parameters, learning: learning)
        }
    }
}

extension Tape {
    /// The hidden layer behind `norm`, if there is one, and `x` added where asked: x `[rows, width]`, not a parameter →
    /// `[rows, width]`.
    public mutating func feedForward(
        _ x: Tensor, through norm: NormParameters?, _ first: LinearParameters, _ activation: Activation,
        _ second: LinearParameters, addingInput: Bool
    ) -> Tensor {
        let hidden = first.weight.rowCount
        precondition(
            first.weight.width == x.width && second.weight.shape == [x.width, hidden],
            "weights \(first.weight.shape) and \(second.weight.shape) do not take rows of \(x.shape)")
        return apply(
            FeedForward(
                x: x,
                places: FeedForwardPlaces(
                    rows: x.rowCount, width: x.width, hidden: hidden, x: x.range, norm: norm?.places,
                    first: places(of: first), second: places(of: second), activation: activation,
                    addsInput: addingInput),
                isRecorded: isRecording))
    }
}
