import Foundation

/// The ε for which a projection of `vectors` points by lot onto `outputDim` dimensions keeps the squared distance of
/// any two of them to within `1 ± ε`, with better than no chance; nil where no ε below 1 can be promised.
///
/// `k = 4·ln n / (ε²/2 − ε³/3)`: Dasgupta & Gupta 2003, theorem 2.1, for normal numbers; Achlioptas 2003, theorem 1.1
/// with β = 0, for signs. A promise about all pairs at once: of single pairs nearly all are kept far better, within
/// about `√(2/k)`.
public func johnsonLindenstraussBound(vectors: Int, outputDim: Int) -> Double? {
    guard vectors > 1, outputDim > 0 else { return vectors > 1 ? nil : 0 }
    let wanted = 4 * log(Double(vectors)) / Double(outputDim)
    func reached(_ e: Double) -> Double { e * e / 2 - e * e * e / 3 }  // rises from 0 to 1/6 between 0 and 1
    guard wanted < reached(1) else { return nil }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
        let middle = (low + high) / 2
        if reached(middle) < wanted { low = middle } else { high = middle }
    }
    return high
}
