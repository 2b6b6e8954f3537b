import Foundation
import Kernels

/// How evenly embeddings are spread over the sphere: `log` of the mean of `exp(−t·‖x − y‖²)` over all pairs, t = 2.
/// Smaller is more even; 0 is a collapse.
///
/// Wang & Isola 2020, "Understanding contrastive representation learning through alignment and uniformity on the
/// hypersphere", eq. 3.
public struct Uniformity: Codable, Sendable, Equatable {
    /// The logarithm of the mean potential of two different embeddings, at most 0.
    public var uniformity: Double
    /// How many embeddings there are.
    public var vectors: Int
    /// What directions drawn evenly by lot have on average: the least that many embeddings can have.
    public var chance: Double

    private static let t: Float = 2

    /// The uniformity of `[rows, embedDim]`, rows of length one: all pairs are compared.
    public init(_ rows: Span<Float>, embedDim: Int) {
        let count = rows.count / embedDim
        var sum = 0.0
        forEachScores(of: rows, among: rows, embedDim: embedDim) { some, scores in
            let potentials = parallelMap(some.count) { i in
                // ‖x − y‖² = 2 − 2·x·y; the pairs of a row are those with later rows.
                let row = scores.extracting(i * count + some.lowerBound + i + 1..<(i + 1) * count)
                var exponents = [Float](repeating: 0, count: row.count), potentials = exponents
                for j in row.indices { exponents[j] = 2 * Self.t * row[j] }
                var target = potentials.mutableSpan
                return Double(kernels.exponentials(exponents.span, shift: 2 * Self.t, into: &target))
            }
            sum = potentials.reduce(sum, +)
        }
        uniformity = count > 1 ? min(0, log(sum / (Double(count) * Double(count - 1) / 2))) : 0
        vectors = count
        chance = Self.even(embedDim)
    }

    /// The potential's mean over directions drawn evenly, as a logarithm: `−2t + log ₀F₁(; d/2; t²)`, since the mean of
    /// `exp(a·cosine)` is the hypergeometric series `Σ (a²/4)^k / (k!·(d/2)_k)` (Mardia & Jupp 2000, section 9.3.2).
    static func even(_ embedDim: Int) -> Double {
        let half = Double(embedDim) / 2, t = Double(Self.t)
        var term = 1.0, sum = 1.0
        for k in 0..<100 {
            term *= t * t / (Double(k + 1) * (half + Double(k)))
            sum += term
        }
        return -2 * t + log(sum)
    }
}
