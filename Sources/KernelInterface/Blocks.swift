/// `C[m, n] (+)= A[m, k] · B[k, n]`, where A has any strides and B lies in panels.
package struct ProductBlock {
    package var m: Int, n: Int, k: Int
    package var a: In, aRow: Int, aColumn: Int
    /// Tile `t` of A (its `tileRows` rows) begins at `a + t · aTile`.
    package var aTile: Int
    /// Panel `p` begins at `b + p · bPanel`; its rows are `bRow` apart.
    package var b: In, bPanel: Int, bRow: Int
    package var c: Out, cRow: Int
    package var accumulates: Bool

    package init(
        m: Int, n: Int, k: Int, a: In, aRow: Int, aColumn: Int, aTile: Int, b: In, bPanel: Int, bRow: Int, c: Out,
        cRow: Int, accumulates: Bool
    ) {
        (self.m, self.n, self.k) = (m, n, k)
        (self.a, self.aRow, self.aColumn, self.aTile) = (a, aRow, aColumn, aTile)
        (self.b, self.bPanel, self.bRow) = (b, bPanel, bRow)
        (self.c, self.cRow) = (c, cRow)
        self.accumulates = accumulates
    }
}

/// What a linear layer does to its product: `y = activation(y + bias) + residual`, for some rows and columns of it.
package struct LinearFinish {
    /// The activation's number: 0 none, 1 GELU (exact, with erf), 2 QuickGELU (`u · σ(1.702 u)`), 3 GELU
    /// approximated with tanh.
    package var activation: Int
    /// Floats from one row of `y`, `sums` and `residual` to the next.
    package var rowStride: Int
    package var rows = 0, columns = 0
    /// Changed in place.
    package var y: Out
    package var bias: In?
    /// Where what the activation is applied to goes: the gradient needs no more.
    package var sums: Out?
    package var residual: In?

    /// That of a whole product, of which `part` takes rows and columns.
    package init(activation: Int, rowStride: Int, y: Out, bias: In?, sums: Out?, residual: In?) {
        (self.activation, self.rowStride) = (activation, rowStride)
        (self.y, self.bias, self.sums, self.residual) = (y, bias, sums, residual)
    }

    /// The same for `rows` rows and `columns` columns behind a corner.
    package func part(row: Int, rows: Int, column: Int, columns: Int) -> LinearFinish {
        let corner = row * rowStride + column
        var part = self
        (part.rows, part.columns) = (rows, columns)
        part.y = y + corner
        part.bias = bias.map { $0 + column }
        part.sums = sums.map { $0 + corner }
        part.residual = residual.map { $0 + corner }
        return part
    }
}

/// Some rows and columns of an activation's gradient.
package struct ActivationBlock {
    /// As in `LinearFinish`.
    package var activation: Int
    package var rows: Int, columns: Int
    /// Floats from one row to the next: of sums and gradient, and of the output.
    package var rowStride: Int, outputRowStride: Int
    /// What the activation was applied to.
    package var sums: In
    /// The gradient of its output, which becomes that of the sums.
    package var gradient: Out
    /// Where its output goes once more.
    package var y: Out?

    package init(
        activation: Int, rows: Int, columns: Int, rowStride: Int, outputRowStride: Int = 0, sums: In, gradient: Out,
        y: Out?
    ) {
        (self.activation, self.rows, self.columns) = (activation, rows, columns)
        (self.rowStride, self.outputRowStride) = (rowStride, outputRowStride)
        (self.sums, self.gradient, self.y) = (sums, gradient, y)
    }
}

/// Rows of a layer norm, forwards (`y`) or backwards (`dy`, `dx`, `dGain`, `dBias`).
package struct LayerNormBlock {
    package var rows: Int, width: Int, epsilon: Float
    package var x: In, gain: In, bias: In
    /// `[rows, 2]`: mean and reciprocal deviation.
    package var statistics: Out
    /// The output forwards; unused backwards.
    package var y: Out
    package var dy: In
    package var dx: Out, dGain: Out, dBias: Out

    package init(
        rows: Int, width: Int, epsilon: Float, x: In, gain: In, bias: In, statistics: Out, y: Out, dy: In, dx: Out,
        dGain: Out, dBias: Out
    ) {
        (self.rows, self.width, self.epsilon) = (rows, width, epsilon)
        (self.x, self.gain, self.bias) = (x, gain, bias)
        (self.statistics, self.y, self.dy) = (statistics, y, dy)
        (self.dx, self.dGain, self.dBias) = (dx, dGain, dBias)
    }
}

/// One head of one sequence: pointers to its first row and column in the packed tables.
package struct AttentionHead {
    package var tokens: Int, headWidth: Int, isCausal: Bool
    /// Query, key and value of token `t` begin at `q + t · row`, `k + t · row`, `v + t · row`.
    package var q: In, k: In, v: In, row: Int
    /// Output (read backwards) of token `t` at `y + t · yRow`.
    package var y: Out, yRow: Int
    /// Log of the sum of exponentials of token `t` at `statistics + t · statisticsRow`.
    package var statistics: Out, statisticsRow: Int
    /// Gradient of the output, laid out as `y`.
    package var dy: In
    /// Gradients of query, key and value, laid out as they are; added to.
    package var dq: Out, dk: Out, dv: Out
    package var scratch: Out

    package init(
        tokens: Int, headWidth: Int, isCausal: Bool, q: In, k: In, v: In, row: Int, y: Out, yRow: Int, statistics: Out,
        statisticsRow: Int, dy: In, dq: Out, dk: Out, dv: Out, scratch: Out
    ) {
        (self.tokens, self.headWidth, self.isCausal) = (tokens, headWidth, isCausal)
        (self.q, self.k, self.v, self.row) = (q, k, v, row)
        (self.y, self.yRow) = (y, yRow)
        (self.statistics, self.statisticsRow) = (statistics, statisticsRow)
        (self.dy, self.dq, self.dk, self.dv, self.scratch) = (dy, dq, dk, dv, scratch)
    }
}

/// The numbers of one AdamW step that are the same for every float of a range.
package struct AdamWFactors: Sendable {
    package var beta1: Float, beta2: Float, epsilon: Float
    /// Learning rate over `1 − β₁ᵗ`.
    package var stepSize: Float
    /// `1 / √(1 − β₂ᵗ)`.
    package var secondScale: Float
    /// `1 − learning rate · weight decay`.
    package var keep: Float
    /// What gradients are multiplied by before use: below 1 where they are clipped.
    package var gradientScale: Float

    package init(
        beta1: Float, beta2: Float, epsilon: Float, stepSize: Float, secondScale: Float, keep: Float,
        gradientScale: Float
    ) {
        (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
        (self.stepSize, self.secondScale, self.keep, self.gradientScale) = (stepSize, secondScale, keep, gradientScale)
    }
}
