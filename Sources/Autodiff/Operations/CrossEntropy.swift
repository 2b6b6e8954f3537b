import Kernels
import Tensors

/// The mean over rows of the cross-entropy in nats: each row must pick its target among all columns.
///
/// `y = mean_i (lse_j x_ij − x_it)`, and with `P` the softmax of rows and `T` the targets, `dx += dy·(P − T) / rows`.
/// Columns that are ignored take no part in the sums; where that is said of a target too, the right answer does not stand
/// in its own denominator — Yeh et al. 2022 (DCL), equation 5.
struct CrossEntropy: Operation {
    let x: Tensor  // [rows, columns]
    let targets: [Int32]  // [rows]
    let ignoring: [Bool]  // [rows · columns], or empty

    var outputShape: Shape { [] }
    /// The logarithm of the sum of exponentials of each row.
    var savedCount: Int { x.rowCount }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving sums: inout MutableSpan<Float>) {
        kernels.logSumsOfRows(values.extracting(x.range), columns: x.width, ignoring: ignoring.span, into: &sums)
        var total = 0.0
        for (row, target) in targets.enumerated() {
            total += Double(sums[row] - values[x.offset + row * x.width + Int(target)])
        }
        y[0] = Float(total / Double(targets.count))
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let sums = values.extracting(step.saved), logits = values.extracting(x.range)
        gradients.add(to: x, from: step.y) { dy, dx in
            kernels.crossEntropyGradient(
                logits, targets: targets.span, ignoring: ignoring.span, sums: sums,
                share: dy[0] / Float(targets.count), into: &dx)
        }
    }
}

extension Tape {
    /// The mean cross-entropy of logits `[rows, columns]` whose right columns are `targets` → `[]`, in nats.
    ///
    /// - Parameter ignoring: `[rows · columns]`, true where a column takes no part in its row's sum; empty for none.
    public mutating func crossEntropy(_ logits: Tensor, targets: [Int32], ignoring: [Bool] = []) -> Tensor {
        precondition(targets.count == logits.rowCount, "\(targets.count) targets for \(logits.shape)")
        precondition(targets.allSatisfy { 0..<logits.width ~= Int($0) }, "a target lies outside \(logits.shape)")
        precondition(ignoring.isEmpty || ignoring.count == logits.count, "\(ignoring.count) marks for \(logits.shape)")
        return apply(CrossEntropy(x: logits, targets: targets, ignoring: ignoring))
    }
}
