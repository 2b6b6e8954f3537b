/// How far a tower's weights lie from zero before training: the deviations of normal numbers.
package enum InitialWeights: Sendable, Equatable {
    /// As Radford et al. 2021 published them with their code and open_clip repeats them: `width^-½` for queries, keys and
    /// values, `(2·width)^-½` for fc1, `width^-½·(2·layers)^-½` for what is added to the rows; 0.02 for tokens, 0.01 for
    /// positions.
    case clip
    /// The same for all matrices and tables, over `√(2·layers)` for what is added to the rows: Shoeybi et al. 2019,
    /// section 4, after Radford et al. 2019, where it is 0.02.
    case normal(deviation: Float)

    /// Those of one tower's matrices and tables.
    package struct Deviations: Equatable {
        /// Queries, keys and values; fc1; what makes that which is added to the rows.
        package let attention, hidden, added: Float
        package let tokens, positions: Float
    }

    /// The deviations in a tower of so many layers.
    package func deviations(width: Int, layers: Int) -> Deviations {
        switch self {
        case .clip:
            let own = 1 / Float(width).squareRoot()
            return Deviations(
                attention: own, hidden: 1 / Float(2 * width).squareRoot(), added: own / Float(2 * layers).squareRoot(),
                tokens: 0.02, positions: 0.01)
        case .normal(let own):
            return Deviations(
                attention: own, hidden: own, added: own / Float(2 * layers).squareRoot(), tokens: own, positions: own)
        }
    }
}
