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

/// Rows that are gone through at once on the way back, so that what is made for a while stays in cache. It fixes the order
/// of additions.
let rowsPerChunk = 2_304

extension KernelSet {
    /// `y = activation(x·Wᵀ + bias) + residual`; `sums` takes what the activation is applied to.
    ///
    /// x `[rows, inputs]`, W `[outputs, inputs]`, and the same packed where it is; bias `[outputs]` or empty, residual as y
    /// or empty, y `[rows, outputs]`, sums as y or empty.
    package func linear(
        _ shape: LinearShape, _ x: Span<Float>, _ weight: Span<Float>, packed: PackedMatrix? = nil, bias: Span<Float>,
        activation: Activation, residual: Span<Float>, into y: inout MutableSpan<Float>,
        sums: inout MutableSpan<Float>
    ) {
        let (m, k, n) = (shape.rows, shape.inputs, shape.outputs)
        check("linear input", x.count, is: m * k)
        check("linear weight", weight.count, is: n * k)
        check("linear output", y.count, is: m * n)
        if !bias.isEmpty { check("linear bias", bias.count, is: n) }
        if !residual.isEmpty { check("linear residual", residual.count, is: m * n) }
        if !sums.isEmpty { check("linear sums", sums.count, is: m * n) }
        let left = unsafe Strided(base: pointer(x), row: k, column: 1), out = unsafe pointer(&y)
        let finish = unsafe LinearFinish(
            activation: activation.rawValue, rowStride: n, y: out, bias: bias.isEmpty ? nil : pointer(bias),
            sums: sums.isEmpty ? nil : pointer(&sums), residual: residual.isEmpty ? nil : pointer(residual))
        unsafe withPacked(weight: pointer(weight), n, k, packed) { right in
            unsafe multiplyRows(m, left, right, out, accumulates: false, finish: finish)
        }
    }

    /// Lends a weight `[n, k]` as products read it, packed now where it is not yet.
    func withPacked(weight: In, _ n: Int, _ k: Int, _ packed: PackedMatrix?, _ body: (PackedSide) -> Void) {
        if let packed, packed.level == name {
            check("packed outputs", packed.outputs, is: n)
            check("packed inputs", packed.inputs, is: k)
            unsafe packed.read { floats in unsafe body(PackedSide(floats: floats, n: n, k: k)) }
        } else {
            let floats = unsafe ThreadScratch.floats(.packed, packedCount(n, k))
            unsafe pack(n, k, Strided(base: weight, row: 1, column: k), into: floats)
            unsafe body(PackedSide(floats: In(floats), n: n, k: k))
        }
    }

    /// From the gradient of an activation's output to that of its sums, which it was applied to: `[rows, width]` each.
    package func activationGradient(
        _ activation: Activation, width: Int, sums: Span<Float>, _ dy: inout MutableSpan<Float>
    ) {
        check("activation's sums", sums.count, is: dy.count)
        let (sums, dy, rows) = unsafe (pointer(sums), pointer(&dy), width == 0 ? 0 : dy.count / width)
        let rowsPerTask = rowsPerTask(rows, widest: width)
        parallelFor((rows + rowsPerTask - 1) / rowsPerTask) { task in
            let first = task * rowsPerTask
            unsafe activationGradient(
                ActivationBlock(
                    activation: activation.rawValue, rows: min(rowsPerTask, rows - first), columns: width,
                    rowStride: width, sums: sums + first * width, gradient: dy + first * width, y: nil))
        }
    }

    /// `dx += dy·W`, for the shapes of `linear` without an activation.
    package func linearInputGradient(
        _ shape: LinearShape, _ dy: Span<Float>, _ weight: Span<Float>, into dx: inout MutableSpan<Float>
    ) {
        let (m, k, n) = (shape.rows, shape.inputs, shape.outputs)
        check("linear output gradient", dy.count, is: m * n)
        check("linear input gradient", dx.count, is: m * k)
        let left = unsafe Strided(base: pointer(dy), row: n, column: 1)
        let right = unsafe Strided(base: pointer(weight), row: k, column: 1)
        unsafe multiplyRows(m, k, n, left, right, pointer(&dx), accumulates: true)
    }

    /// `dW += dyᵀ·x` and, unless it is empty, `dBias += Σ rows of dy`.
    package func linearWeightGradient(
        _ shape: LinearShape, _ dy: Span<Float>, _ x: Span<Float>, into dw: inout MutableSpan<Float>,
        bias db: inout MutableSpan<Float>
    ) {
        let (m, k, n) = (shape.rows, shape.inputs, shape.outputs)
        check("linear output gradient", dy.count, is: m * n)
        check("linear weight gradient", dw.count, is: n * k)
        unsafe multiplyTransposed(
            n, k, m, pointer(dy), pointer(x), pointer(&dw), sums: db.isEmpty ? nil : pointer(&db))
    }
}
