import Kernels
import Tensors

/// Each pair by itself is true or false: `y = −1/n·Σ_ij log σ(z_ij·(x_ij + b))` with `z` 1 on the diagonal and −1 beside it —
/// Zhai et al. 2023 (SigLIP), equation 3 and algorithm 1. Pairs that are ignored take no part.
///
/// `dx_ij −= dy/n·z_ij·σ(−z_ij·(x_ij + b))`, `db` the sum of them.
struct SigmoidCrossEntropy: Operation {
    let x: Tensor  // [n, n]
    let bias: Tensor  // []
    let ignoring: [Bool]  // [n · n], or empty

    private var n: Int { x.rowCount }
    var outputShape: Shape { [] }
    /// The derivative of each pair's part by its logit.
    var savedCount: Int { x.count }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving slopes: inout MutableSpan<Float>) {
        let logits = values.extracting(x.range), bias = values[bias.offset]
        var total = 0.0
        for i in 0..<n {
            for j in 0..<n {
                let at = i * n + j, sign: Float = i == j ? 1 : -1, margin = sign * (logits[at] + bias)
                guard ignoring.isEmpty || !ignoring[at] else {
                    slopes[at] = 0
                    continue
                }
                // log(1 + e^−m) without overflow, and σ(−m) from the same exponential.
                let small = exponential(-abs(margin))
                total += Double(max(-margin, 0) + naturalLogarithm(1 + small))
                slopes[at] = -sign * (margin > 0 ? small : 1) / (1 + small)
            }
        }
        y[0] = Float(total / Double(n))
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let slopes = values.extracting(step.saved)
        gradients.add(to: x, bias, from: step.y) { dy, dx, dBias, _, _ in
            addScaled(dy[0] / Float(n), slopes, to: &dx)
            var sum = 0.0
            for i in slopes.indices { sum += Double(slopes[i]) }
            dBias[0] += dy[0] * Float(sum / Double(n))
        }
    }
}

extension Tape {
    /// The mean over rows of the sigmoid losses of square logits whose true pairs lie on the diagonal → `[]`, in nats.
    ///
    /// - Parameters:
    ///   - bias: `[]`, is added to all logits.
    ///   - ignoring: `[n · n]`, true where a pair is neither true nor false; empty for none.
    public mutating func sigmoidCrossEntropy(_ logits: Tensor, bias: Tensor, ignoring: [Bool] = []) -> Tensor {
        precondition(logits.rowCount == logits.width, "logits must be square, found \(logits.shape)")
        precondition(ignoring.isEmpty || ignoring.count == logits.count, "\(ignoring.count) marks for \(logits.shape)")
        return apply(SigmoidCrossEntropy(x: logits, bias: bias, ignoring: ignoring))
    }
}
