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
    /// The logarithm of the sum of exponentials of each row, then of each column: both softmaxes are made again from them.
    var savedCount: Int { 2 * n }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving sums: inout MutableSpan<Float>) {
        let logits = values.extracting(x.range)
        kernels.logSums(logits, n: n, ignoring: ignoring.span, into: &sums)
        var total = 0.0
        for i in 0..<n { total += Double(sums[i] - logits[i * n + i]) + Double(sums[n + i] - logits[i * n + i]) }
        y[0] = Float(total / Double(2 * n))
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let sums = values.extracting(step.saved), logits = values.extracting(x.range)
        gradients.add(to: x, from: step.y) { dy, dx in
            kernels.contrastiveGradient(
                logits, n: n, ignoring: ignoring.span, sums: sums, share: dy[0] / Float(2 * n), into: &dx)
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
