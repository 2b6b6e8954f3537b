import Kernels
import Tensors

/// Divides every row by its length, so that the dot product of two rows is their cosine.
///
/// `y = x / ‖x‖` and `dx += (dy − y·(y·dy)) / ‖x‖` — Radford et al. 2021 (CLIP), fig. 3. A row of zeros stays zero.
struct NormalizeRows: Operation {
    let x: Tensor  // [rows, width]

    var outputShape: Shape { x.shape }
    /// The reciprocal length of each row.
    var savedCount: Int { x.rowCount }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        for r in 0..<x.rowCount {
            let row = values.extracting(x.row(r)), share = 1 / max(dot(row, row).squareRoot(), 1e-12)
            saved[r] = share
            for i in 0..<x.width { y[r * x.width + i] = row[i] * share }
        }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let saved = step.saved, y = step.y
        gradients.add(to: x, from: y) { dy, dx in
            for r in 0..<x.rowCount {
                let unit = values.extracting(y.row(r)), share = values[saved.lowerBound + r]
                let along = dot(unit, dy.extracting(r * x.width..<(r + 1) * x.width))
                for i in 0..<x.width {
                    dx[r * x.width + i] += (dy[r * x.width + i] - unit[i] * along) * share
                }
            }
        }
    }
}

extension Tape {
    /// x `[rows, width]` with every row at length 1.
    public mutating func normalizeRows(_ x: Tensor) -> Tensor { apply(NormalizeRows(x: x)) }
}
