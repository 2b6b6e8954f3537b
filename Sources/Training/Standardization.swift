import Catalogue
import Failures
import Tensors

/// Brings each column of features to mean 0 and deviation 1 over the training set, so that all of them count alike when
/// a projection begins to learn.
///
/// Files know nothing of it: what is written is a first layer that does the same to features as they are (`fold`).
struct Standardization: Sendable, Equatable {
    private var mean: [Float]
    private var deviation: [Float]

    /// Leaves features as they are.
    init(width: Int) {
        mean = [Float](repeating: 0, count: width)
        deviation = [Float](repeating: 1, count: width)
    }

    /// Means and deviations of the rows of `keys`. Without `centering` the mean stays where it is.
    init(_ keys: [FeatureKey], in table: FeatureTable, centering: Bool) throws(Failure) {
        self.init(width: table.width)
        var sums = [Double](repeating: 0, count: table.width), squares = sums
        for start in stride(from: 0, to: keys.count, by: 1024) {
            let rows = try table.rows(of: Array(keys[start..<min(start + 1024, keys.count)]))
            for (place, value) in rows.enumerated() {
                sums[place % table.width] += Double(value)
                squares[place % table.width] += Double(value) * Double(value)
            }
        }
        let count = Double(max(keys.count, 1))
        for column in sums.indices {
            let average = sums[column] / count, variance = max(squares[column] / count - average * average, 0)
            deviation[column] = variance > 1e-12 ? Float(variance.squareRoot()) : 1
            if centering { mean[column] = Float(average) }
        }
    }

    /// Writes `rows` `[count, width]`, standardized.
    func apply(_ rows: Span<Float>, into standardized: inout MutableSpan<Float>) {
        let width = mean.count
        for start in stride(from: 0, to: rows.count, by: width) {
            for i in 0..<width { standardized[start + i] = (rows[start + i] - mean[i]) / deviation[i] }
        }
    }

    /// Makes a layer for features as they are of one for standardized features: `W/σ` and `b − W·μ/σ`.
    func fold(into weight: inout MutableSpan<Float>, bias: inout MutableSpan<Float>) {
        let width = mean.count
        for row in 0..<weight.count / width {
            var shift: Float = 0
            for i in 0..<width {
                weight[row * width + i] /= deviation[i]
                shift += weight[row * width + i] * mean[i]
            }
            if !bias.isEmpty { bias[row] -= shift }
        }
    }
}
