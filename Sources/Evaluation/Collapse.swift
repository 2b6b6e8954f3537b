import Kernels

/// Whether embeddings have fallen onto a point, or onto few dimensions.
public struct Collapse: Codable, Sendable, Equatable {
    /// The mean cosine of two different embeddings: near 0 where they use their space, 1 at one point.
    public var meanCosine: Double
    /// The deviation of a dimension, averaged over all: 0 at one point. Chen & He 2021 (SimSiam), section 4.1 and
    /// figure 2.
    public var deviation: Double
    /// The deviation that directions drawn evenly by lot have: `1 / √embedDim`.
    public var chance: Double
    /// How many embeddings there are, and the length of each.
    public var vectors, embedDim: Int

    enum CodingKeys: String, CodingKey {
        case deviation, chance, vectors
        case meanCosine = "mean_cosine"
        case embedDim = "embed_dim"
    }

    /// The gauges of `[rows, embedDim]`, rows of length one.
    public init(_ rows: Span<Float>, embedDim: Int) {
        let count = rows.count / embedDim, mean = columnMeans(rows, width: embedDim)
        var squares = [Double](repeating: 0, count: embedDim)
        for row in 0..<count {
            for i in 0..<embedDim {
                let distance = Double(rows[row * embedDim + i]) - mean[i]
                squares[i] += distance * distance
            }
        }
        let deviations = squares.map { ($0 / Double(max(count, 1))).squareRoot() }
        deviation = deviations.reduce(0, +) / Double(embedDim)
        meanCosine = Double(meanPairwiseCosine(rows, embedDim: embedDim))
        chance = 1 / Double(embedDim).squareRoot()
        (vectors, self.embedDim) = (count, embedDim)
    }
}

/// The mean cosine between two different rows of `[rows, embedDim]`, all of length one: near 0 where embeddings use
/// their space, 1 where they have collapsed onto one point.
///
/// `(‖Σxᵢ‖² − rows) / (rows·(rows − 1))`.
public func meanPairwiseCosine(_ rows: Span<Float>, embedDim: Int) -> Float {
    let count = rows.count / embedDim
    guard count > 1 else { return 0 }
    var sum = [Double](repeating: 0, count: embedDim)
    for row in 0..<count {
        for i in 0..<embedDim { sum[i] += Double(rows[row * embedDim + i]) }
    }
    let squared = sum.reduce(0) { $0 + $1 * $1 }
    return Float((squared - Double(count)) / Double(count * (count - 1)))
}
