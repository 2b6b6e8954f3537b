import Foundation
import Kernels

/// How many dimensions embeddings use: `exp` of the entropy of their singular values, divided by the values' sum.
///
/// Roy & Vetterli 2007, "The effective rank", definition 1; of embeddings as Garrido et al. 2023 (RankMe), eq. 1. No
/// mean is taken off: what all rows share counts as one dimension.
public struct EffectiveRank: Codable, Sendable, Equatable {
    /// The effective rank, from 1 to `limit`.
    public var effectiveRank: Double
    /// How many embeddings there are, and the length of each.
    public var vectors, embedDim: Int
    /// The largest that it could be: the lesser of the two.
    public var limit: Int

    enum CodingKeys: String, CodingKey {
        case vectors, limit
        case effectiveRank = "effective_rank"
        case embedDim = "embed_dim"
    }

    /// The effective rank of `[rows, embedDim]`.
    public init(_ rows: Span<Float>, embedDim: Int) {
        let zero = [Double](repeating: 0, count: embedDim)
        let squares = SymmetricEigendecomposition(
            covariance(of: rows, width: embedDim, around: zero), order: embedDim
        ).values
        effectiveRank = Self.rank(ofSingularValues: squares.map { max($0, 0).squareRoot() })
        vectors = rows.count / embedDim
        self.embedDim = embedDim
        limit = min(vectors, embedDim)
    }

    /// `exp(−Σ p·log p)`, `p = σ / Σσ`; 0 where all are zero.
    static func rank(ofSingularValues values: [Double]) -> Double {
        let sum = values.reduce(0, +)
        guard sum > 0 else { return 0 }
        return exp(values.filter { $0 > 0 }.reduce(0) { $0 - $1 / sum * log($1 / sum) })
    }
}
