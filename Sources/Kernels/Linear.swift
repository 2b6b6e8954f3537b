package import KernelInterface

/// What follows a linear layer's sum.
public enum Activation: Int, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// `u·Φ(u)` with the exact error function — Hendrycks and Gimpel 2016.
    case gelu
    /// `u·σ(1.702·u)`, as OpenAI's CLIP has it.
    case quickGELU
    /// GELU approximated: `½u·(1 + tanh(√(2/π)·(u + 0.044715u³)))`, as SigLIP has it.
    case tanhGELU
}

/// The sizes of a linear layer on packed rows.
package struct LinearShape: Sendable {
    package var rows: Int, inputs: Int, outputs: Int

    package init(rows: Int, inputs: Int, outputs: Int) {
        (self.rows, self.inputs, self.outputs) = (rows, inputs, outputs)
    }
}

extension KernelSet {
    /// `y = activation(x·Wᵀ + bias) + residual`; `slope` takes the activation's derivative where there is one.
    ///
    /// x `[rows, inputs]`, W `[outputs, inputs]`, and the same packed where it is; bias `[outputs]` or empty, residual as y
    /// or empty, y `[rows, outputs]`, slope as y or empty.
    package func linear(
        _ shape: LinearShape, _ x: Span<Float>, _ weight: Span<Float>, packed: PackedMatrix? = nil, bias: Span<Float>,
        activation: Activation, residual: Span<Float>, into y: inout MutableSpan<Float>,
        slope: inout MutableSpan<Float>
    ) {
        let (m, k, n) = (shape.rows, shape.inputs, shape.outputs)
        check("linear input", x.count, is: m * k)
        check("linear weight", weight.count, is: n * k)
        check("linear output", y.count, is: m * n)
        if !bias.isEmpty { check("linear bias", bias.count, is: n) }
        if !residual.isEmpty { check("linear residual", residual.count, is: m * n) }
        if !slope.isEmpty { check("linear slope", slope.count, is: m * n) }
        let left = unsafe Strided(base: pointer(x), row: k, column: 1)
        let right = unsafe Strided(base: pointer(weight), row: 1, column: k)
        let out = unsafe pointer(&y), slopes = unsafe slope.isEmpty ? nil : pointer(&slope)
        let biases = unsafe bias.isEmpty ? nil : pointer(bias),
            added = unsafe residual.isEmpty ? nil : pointer(residual)
        let finish = unsafe LinearFinish(
            activation: activation.rawValue, rowStride: n, y: out, bias: biases, slope: slopes, residual: added)
        if let packed, packed.level == name {
            check("packed outputs", packed.outputs, is: n)
            check("packed inputs", packed.inputs, is: k)
            unsafe packed.read { floats in
                unsafe multiplyRows(
                    m, n, k, left, slope: nil, packed: floats, out, accumulates: false, finish: finish)
            }
        } else {
            unsafe multiplyRows(m, n, k, left, slope: nil, right, out, accumulates: false, finish: finish)
        }
    }

    /// `dx += (dy ∘ slope)·W`, for the shapes of `linear`.
    package func linearInputGradient(
        _ shape: LinearShape, _ dy: Span<Float>, slope: Span<Float>, _ weight: Span<Float>,
        into dx: inout MutableSpan<Float>
    ) {
        let (m, k, n) = (shape.rows, shape.inputs, shape.outputs)
        check("linear output gradient", dy.count, is: m * n)
        check("linear input gradient", dx.count, is: m * k)
        let left = unsafe Strided(base: pointer(dy), row: n, column: 1)
        let right = unsafe Strided(base: pointer(weight), row: k, column: 1)
        unsafe multiplyRows(
            m, k, n, left, slope: slope.isEmpty ? nil : pointer(slope), right, pointer(&dx), accumulates: true)
    }

    /// `dW += (dy ∘ slope)ᵀ·x` and, unless it is empty, `dBias += Σ rows of (dy ∘ slope)`.
    package func linearWeightGradient(
        _ shape: LinearShape, _ dy: Span<Float>, slope: Span<Float>, _ x: Span<Float>,
        into dw: inout MutableSpan<Float>, bias db: inout MutableSpan<Float>
    ) {
        let (m, k, n) = (shape.rows, shape.inputs, shape.outputs)
        check("linear output gradient", dy.count, is: m * n)
        check("linear weight gradient", dw.count, is: n * k)
        unsafe multiplyTransposed(
            n, k, m, pointer(dy), slope: slope.isEmpty ? nil : pointer(slope), pointer(x), pointer(&dw),
            sums: db.isEmpty ? nil : pointer(&db))
    }
}
