import Autodiff
import Tensors

/// How the rows of a caption become one.
public enum TextPooling: String, Codable, Sendable, CaseIterable {
    /// The last token's row: the end token's.
    case last
    /// The first token's row.
    case first = "class"
    /// The mean of all rows.
    case mean
    /// The mean in which row i of n counts i / (1 + … + n), since later tokens of a causal tower have seen more —
    /// Muennighoff 2022 (SGPT), equation 2.
    case weightedMean = "weighted"
    /// The mean in shares softmax(x·q / √width) with a learnt query q: Yang et al. 2016, equations 6 and 7, on the rows as
    /// they are, and scaled as Vaswani et al. 2017, equation 1.
    case attention
}

extension Segments {
    /// What each row's share is where it grows with the position: of a segment of n rows, row i has i / (1 + … + n).
    var positionShares: [[RowShare]] {
        (0..<count).map { segment in
            let rows = self[segment], sum = Float(rows.count * (rows.count + 1) / 2)
            return rows.enumerated().map { RowShare(row: $1, weight: Float($0 + 1) / sum) }
        }
    }
}
