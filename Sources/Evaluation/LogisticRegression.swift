import Foundation
import Kernels

/// What multinomial logistic regression makes small: `1/n · (Σ −log p(label) + ‖W‖² / (2·C))`, `p = softmax(x·Wᵀ + b)`.
///
/// Bishop 2006, "Pattern Recognition and Machine Learning", eq. 4.108 and 4.109. The biases b are not held small.
struct LogisticRegression {
    /// Features with a one behind each row, `[labels.count, width]`.
    let x: [Float]
    let labels: [Int]
    let width, classes: Int
    /// C: how much the data count against small weights.
    let regularization: Double

    /// The value and its gradient at `weights`, `[classes, width]`, the last of each row being the class's bias.
    func value(at weights: [Double]) -> (value: Double, gradient: [Double]) {
        let count = labels.count
        var errors = [Float](repeating: 0, count: count * classes)  // logits, then p − [label]
        let rounded = weights.map { Float($0) }
        var logits = errors.mutableSpan
        matrixProduct(
            x.span, rounded.span, transposingRight: true, rows: count, columns: classes, inner: width, into: &logits)
        let losses = losses(errors.span)
        var target = errors.mutableSpan
        parallelRows(of: &target, width: classes, rowsPerTask: 64) { first, rows in
            for row in 0..<rows.count / classes {
                let start = row * classes, shift = losses.logSums[first + row]
                for c in start..<start + classes { rows[c] = exponential(rows[c] - shift) }
                rows[start + labels[first + row]] -= 1
            }
        }
        var product = [Float](repeating: 0, count: classes * width), gradient = product.mutableSpan
        matrixProduct(
            errors.span, x.span, transposingLeft: true, rows: classes, columns: width, inner: count, into: &gradient)
        return regularised(losses.sum, product, weights)
    }

    /// Of each row of logits the logarithm of the sum of exponentials, and the sum of all losses.
    private func losses(_ logits: Span<Float>) -> (logSums: [Float], sum: Double) {
        let block = 64, count = labels.count
        let parts = parallelMap((count + block - 1) / block) { part in
            var logSums: [Float] = [], loss = 0.0
            for row in part * block..<min(count, (part + 1) * block) {
                let line = logits.extracting(row * classes..<(row + 1) * classes)
                var top = line[0], sum: Float = 0
                for c in line.indices { top = max(top, line[c]) }
                for c in line.indices { sum += exponential(line[c] - top) }
                let logSum = top + naturalLogarithm(sum)
                logSums.append(logSum)
                loss += Double(logSum) - Double(line[labels[row]])
            }
            return (logSums, loss)
        }
        return (parts.flatMap { $0.0 }, parts.reduce(0) { $0 + $1.1 })
    }

    private func regularised(
        _ loss: Double, _ product: [Float], _ weights: [Double]
    ) -> (value: Double, gradient: [Double]) {
        let count = Double(max(labels.count, 1))
        var value = loss, gradient = product.map { Double($0) / count }
        for i in weights.indices where i % width != width - 1 {
            value += weights[i] * weights[i] / (2 * regularization)
            gradient[i] += weights[i] / (regularization * count)
        }
        return (value / count, gradient)
    }
}
