import Kernels
import Tensors

/// The mean of two cross-entropies in nats: each row must pick its own column among all, and each column its row.
///
/// `½·[mean_i (lse_j x_ij − x_ii) + mean_j (lse_i x_ij − x_jj)]` — Radford et al. 2021 (CLIP), fig. 3; pairs that are
/// ignored take no part in the sums. With `P` and `Q` the softmax of rows and of columns:
/// `dx += dy·(P + Q − 2·I) / 2n`.
struct SymmetricCrossEntropy: Operation {
    let x: Tensor  // [n, n]
    let ignoring: [Bool]  // [n · n], or empty

    private var n: Int { x.rowCount }
    var outputShape: Shape { [] }
    /// The row softmax and the column softmax.
    var savedCount: Int { 2 * n * n }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        var total = 0.0
        let logits = values.extracting(x.range)
        var line = FloatBuffer(count: 2 * n)
        for side in 0..<2 {
            for r in 0..<n {
                // A row, or a column; the ignored ones at minus infinity.
                var top = -Float.infinity
                line.write(0..<n) { line in
                    for c in 0..<n {
                        let at = side == 0 ? r * n + c : c * n + r
                        line[c] = !ignoring.isEmpty && ignoring[at] ? -1e30 : logits[at]
                        top = max(top, line[c])
                    }
                }
                var sum: Float = 0
                line.append(n..<2 * n) { behind, out in
                    sum = kernels.exponentials(behind.extracting(0..<n), shift: top, into: &out)
                }
                total += Double(top + naturalLogarithm(sum) - logits[r * n + r])
                line.read { line in
                    for c in 0..<n {
                        let at = side == 0 ? r * n + c : n * n + c * n + r, isOut = line[c] == -1e30
                        saved[at] = isOut ? 0 : line[n + c] / sum
                    }
                }
            }
        }
        y[0] = Float(total / Double(2 * n))
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let saved = values.extracting(step.saved)
        gradients.add(to: x, from: step.y) { dy, dx in
            let share = dy[0] / Float(2 * n)
            for i in 0..<n * n { dx[i] += share * (saved[i] + saved[n * n + i]) }
            for i in 0..<n { dx[i * n + i] -= 2 * share }
        }
    }
}

extension Tape {
    /// The symmetric cross-entropy of square logits whose true pairs lie on the diagonal → `[]`, in nats.
    ///
    /// - Parameter ignoring: `[n · n]`, true where a pair is neither true nor false; empty for none.
    public mutating func symmetricCrossEntropy(_ logits: Tensor, ignoring: [Bool] = []) -> Tensor {
        precondition(logits.rowCount == logits.width, "logits must be square, found \(logits.shape)")
        precondition(ignoring.isEmpty || ignoring.count == logits.count, "\(ignoring.count) marks for \(logits.shape)")
        return apply(SymmetricCrossEntropy(x: logits, ignoring: ignoring))
    }
}
