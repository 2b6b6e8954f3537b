import Kernels

/// How near the two embeddings of a pair lie: the mean of `‖x − y‖²`. Smaller is nearer.
///
/// Wang & Isola 2020, "Understanding contrastive representation learning through alignment and uniformity on the
/// hypersphere", eq. 2 with α = 2.
public struct Alignment: Codable, Sendable, Equatable {
    /// The mean squared distance, `0...4`.
    public var alignment: Double
    /// Where it lies with 95 % confidence.
    public var alignmentInterval: BootstrapInterval
    /// How many pairs there are.
    public var pairs: Int
    /// The mean squared distance of rows that do not belong together.
    public var chance: Double

    enum CodingKeys: String, CodingKey {
        case alignment, pairs, chance
        case alignmentInterval = "alignment_interval"
    }

    /// The alignment of pairs, `[pairs, embedDim]` each, rows of length one.
    public init(_ first: Span<Float>, _ second: Span<Float>, embedDim: Int) {
        let products = pairProducts(first, second, embedDim: embedDim), count = Double(products.count)
        let distances = products.map { 2 - 2 * $0 }
        alignment = mean(distances)
        alignmentInterval = BootstrapInterval(meanOf: distances)
        pairs = products.count
        // Σ over i ≠ j of xᵢ·yⱼ is (Σx)·(Σy) − Σ xᵢ·yᵢ.
        let means = zip(columnMeans(first, width: embedDim), columnMeans(second, width: embedDim))
        let all = count * count * means.reduce(0) { $0 + $1.0 * $1.1 }, own = products.reduce(0, +)
        chance = products.count > 1 ? 2 - 2 * (all - own) / (count * (count - 1)) : 0
    }
}
