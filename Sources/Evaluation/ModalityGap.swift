import Kernels

/// How far apart two kinds of embeddings lie, such as pictures and captions: the distance of their means.
///
/// Liang et al. 2022, "Mind the gap", section 2.1.
public struct ModalityGap: Codable, Sendable, Equatable {
    /// The distance of the two means, `0...2`.
    public var gap: Double
    /// How many embeddings of each kind there are.
    public var first, second: Int
    /// The distance to be expected had the kinds been dealt to the same embeddings by lot.
    public var chance: Double

    /// The gap between `[first, embedDim]` and `[second, embedDim]`, rows of length one.
    public init(_ first: Span<Float>, _ second: Span<Float>, embedDim: Int) {
        let counts = (Double(first.count / embedDim), Double(second.count / embedDim)), all = counts.0 + counts.1
        let means = (columnMeans(first, width: embedDim), columnMeans(second, width: embedDim))
        var distance = 0.0, common = 0.0
        for i in 0..<embedDim {
            let apart = means.0[i] - means.1[i], middle = (counts.0 * means.0[i] + counts.1 * means.1[i]) / max(all, 1)
            distance += apart * apart
            common += middle * middle
        }
        gap = distance.squareRoot()
        (self.first, self.second) = (first.count / embedDim, second.count / embedDim)
        // The variance of all rows, which have length one, divided among two means.
        let variance = all > 1 ? max(0, 1 - common) * all / (all - 1) : 0
        chance = counts.0 > 0 && counts.1 > 0 ? (variance * (1 / counts.0 + 1 / counts.1)).squareRoot() : 0
    }
}
