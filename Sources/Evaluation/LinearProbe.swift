import Kernels

/// A linear classifier of frozen embeddings: how much of the classes can be read off with one matrix.
///
/// Features are standardised (each has mean 0 and deviation 1 over the rows that it learns from); then the least value
/// of multinomial logistic regression with an L2 penalty is found by L-BFGS over all rows, which needs no learning
/// rate. The same rows give the same bits for any number of threads. Protocol: Alain & Bengio 2016; Kornblith et al.
/// 2019, section 2.
public struct LinearProbe: Sendable {
    /// `[classes, embedDim + 1]`, on standardised features; the last of each row is the bias.
    public let weights: [Float]
    /// The number of classes and the length of an embedding.
    public let classes, embedDim: Int
    /// Steps of the search, and the value that it ended at: nats a row, the penalty included.
    public let steps: Int, loss: Double
    private let mean: [Double], scale: [Double]  // [embedDim]

    /// Learns the classes of `known`.
    ///
    /// - Parameters:
    ///   - classes: How many there are; nil where the labels tell.
    ///   - steps: Most steps of the search.
    ///   - regularization: scikit-learn's `C`: the sum of losses counts so much against half the squared weights.
    public init(_ known: LabelledRows, classes: Int? = nil, steps: Int = 1_000, regularization: Double = 1) {
        precondition(regularization > 0, "the regularization must be above 0, found \(regularization)")
        let embedDim = known.embedDim, classes = max(1, classes ?? 0, known.classes)
        let mean = columnMeans(known.rows.span, width: embedDim)
        let scale = Self.scales(known, around: mean)
        let regression = LogisticRegression(
            x: Self.standardised(known.rows.span, mean: mean, scale: scale), labels: known.labels, width: embedDim + 1,
            classes: classes, regularization: regularization)
        let found = LimitedMemoryBFGS(limit: steps).minimise(
            from: [Double](repeating: 0, count: classes * (embedDim + 1)), regression.value)
        weights = found.point.map { Float($0) }
        (self.steps, loss) = (found.steps, found.value)
        (self.mean, self.scale, self.classes, self.embedDim) = (mean, scale, classes, embedDim)
    }

    /// The likeliest class of each row, `[rows, embedDim]`.
    public func classes(of rows: Span<Float>) -> [Int] {
        let x = Self.standardised(rows, mean: mean, scale: scale), count = rows.count / embedDim
        var logits = [Float](repeating: 0, count: count * classes), target = logits.mutableSpan
        matrixProduct(
            x.span, weights.span, transposingRight: true, rows: count, columns: classes, inner: embedDim + 1,
            into: &target)
        return (0..<count).map { row in
            var best = 0
            for c in 1..<max(classes, 1) where logits[row * classes + c] > logits[row * classes + best] { best = c }
            return best
        }
    }

    /// How often the probe names the classes of held-out rows rightly; it learnt from `candidates` rows.
    public func report(of queries: LabelledRows, candidates: Int) -> ClassificationReport {
        ClassificationReport(
            named: classes(of: queries.rows.span), right: queries.labels, candidates: candidates,
            classes: max(classes, queries.classes))
    }

    /// One over the deviation of each feature; zero for one that does not vary.
    private static func scales(_ known: LabelledRows, around mean: [Double]) -> [Double] {
        var squares = [Double](repeating: 0, count: known.embedDim)
        for row in known.labels.indices {
            for i in squares.indices {
                let distance = Double(known.rows[row * known.embedDim + i]) - mean[i]
                squares[i] += distance * distance
            }
        }
        let count = Double(max(known.labels.count, 1))
        return zip(squares, mean).map { square, mean in
            let deviation = (square / count).squareRoot()
            return deviation > 1e-7 * mean.magnitude ? 1 / deviation : 0
        }
    }

    /// `[rows, embedDim + 1]`: standardised features with a one behind each row.
    private static func standardised(_ rows: Span<Float>, mean: [Double], scale: [Double]) -> [Float] {
        let embedDim = mean.count, width = embedDim + 1, count = rows.count / embedDim
        var x = [Float](repeating: 1, count: count * width)
        for row in 0..<count {
            for i in 0..<embedDim {
                x[row * width + i] = Float((Double(rows[row * embedDim + i]) - mean[i]) * scale[i])
            }
        }
        return x
    }
}
