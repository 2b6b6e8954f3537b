import Kernels
import Tensors

/// `y = s·A·Bᵀ` with a learned `s = exp(logScale)` — Radford et al. 2021 (CLIP), fig. 3.
///
/// `dA += s·dy·B`, `dB += s·dyᵀ·A`, `dLogScale += Σ dy ∘ y`.
struct Similarities: Operation {
    let a: Tensor  // [rows, embedDim]
    let b: Tensor  // [columns, embedDim]
    let logScale: Tensor  // []

    var outputShape: Shape { [a.rowCount, b.rowCount] }

    private func scale(_ values: Span<Float>) -> Float {
        exponential(values[logScale.offset])
    }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        matrixProduct(
            values.extracting(a.range), values.extracting(b.range), transposingRight: true, rows: a.rowCount,
            columns: b.rowCount, inner: a.width, into: &y)
        let s = scale(values)
        parallelRows(of: &y, width: b.rowCount, rowsPerTask: 16) { _, rows in for i in rows.indices { rows[i] *= s } }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let s = scale(values), (m, n, k) = (a.rowCount, b.rowCount, a.width)
        let left = values.extracting(a.range), right = values.extracting(b.range)
        let y = values.extracting(step.y.range)
        gradients.add(to: logScale, from: step.y) { dy, dLogScale in dLogScale[0] += dot(dy, y) }
        gradients.change(step.y) { dy in
            parallelRows(of: &dy, width: n, rowsPerTask: 16) { _, rows in for i in rows.indices { rows[i] *= s } }
        }
        gradients.add(to: a, from: step.y) { dy, da in
            matrixProduct(dy, right, rows: m, columns: k, inner: n, into: &da, accumulating: true)
        }
        gradients.add(to: b, from: step.y) { dy, db in
            matrixProduct(dy, left, transposingLeft: true, rows: n, columns: k, inner: m, into: &db, accumulating: true)
        }
    }
}

extension Tape {
    /// `exp(logScale)` times the dot product of every row of `a` with every row of `b` → `[a rows, b rows]`.
    public mutating func similarities(_ a: Tensor, _ b: Tensor, logScale: Tensor) -> Tensor {
        precondition(a.width == b.width, "rows of \(a.shape) and \(b.shape) have different lengths")
        return apply(Similarities(a: a, b: b, logScale: logScale))
    }
}
