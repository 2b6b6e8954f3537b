public import Kernels
import Tensors

/// A linear layer on packed rows, with what usually follows it: `y = activation(x·Wᵀ + bias) + residual`.
///
/// With `g = dy ∘ activation'(u)`: `dx += g·W`, `dW += gᵀ·x`, `dBias += Σ rows of g`, `dResidual += dy`.
struct Linear: Operation {
    let x: Tensor  // [rows, inputs]
    let weight: Tensor  // [outputs, inputs]
    let bias: Tensor?  // [outputs]
    let activation: Activation
    let residual: Tensor?  // [rows, outputs]
    let packed: PackedMatrix?  // the weight

    private var shape: LinearShape {
        LinearShape(rows: x.rowCount, inputs: x.width, outputs: weight.rowCount)
    }
    var outputShape: Shape { [x.rowCount, weight.rowCount] }
    /// What the activation is applied to.
    var savedCount: Int { activation == .none ? 0 : x.rowCount * weight.rowCount }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving sums: inout MutableSpan<Float>) {
        kernels.linear(
            shape, values.extracting(x.range), values.extracting(weight.range), packed: packed,
            bias: values.extracting(bias?.range ?? 0..<0), activation: activation,
            residual: values.extracting(residual?.range ?? 0..<0), into: &y, sums: &sums)
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        if activation != .none {
            if let residual { gradients.add(to: residual, from: step.y) { dy, dr in addScaled(1, dy, to: &dr) } }
            // The residual has had it: what is behind the activation is needed no more.
            let sums = values.extracting(step.saved)
            gradients.change(step.y) { dy in
                kernels.activationGradient(activation, width: weight.rowCount, sums: sums, &dy)
            }
        }
        let input = values.extracting(x.range), weights = values.extracting(weight.range)
        if gradients.isWanted(weight) || bias.map({ gradients.isWanted($0) }) ?? false {
            gradients.add(to: weight, bias, from: step.y) { dy, dw, db, _, _ in
                kernels.linearWeightGradient(shape, dy, input, into: &dw, bias: &db)
            }
        }
        gradients.add(to: x, from: step.y) { dy, dx in kernels.linearInputGradient(shape, dy, weights, into: &dx) }
        if let residual, activation == .none { gradients.hand(step.y, to: residual) }
    }
}

extension Tape {
    /// `activation(x·weightᵀ + bias) + residual`: x `[rows, inputs]`, weight `[outputs, inputs]` → `[rows, outputs]`.
    public mutating func linear(
        _ x: Tensor, weight: Tensor, bias: Tensor?, activation: Activation = .none, adding residual: Tensor? = nil
    ) -> Tensor {
        precondition(weight.width == x.width, "weight \(weight.shape) does not take rows of \(x.shape)")
        return apply(
            Linear(
                x: x, weight: weight, bias: bias, activation: activation, residual: residual,
                packed: packed(weight)))
    }
}
