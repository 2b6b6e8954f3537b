import Kernels

/// The directions that matter most to products `q·x` of some queries with some rows: with `S = E[q qᵀ] = L·Lᵀ` and
/// `C = E[x xᵀ]`, those along which `Lᵀx` varies most.
///
/// A Karhunen-Loève transform weighted by what asks: `q·x = Σⱼ wⱼ·zⱼ` with `wⱼ = vⱼᵀL⁻¹q` and `zⱼ = vⱼᵀLᵀx`, where the vⱼ are
/// the eigenvectors of `LᵀCL`, and the w of all queries together are as large in every direction.
struct WeightedAxes {
    /// `vⱼᵀL⁻¹`, and `vⱼᵀLᵀ`: `[kept, order]`; rows behind the last direction are zero.
    let queries: [Float], rows: [Float]
    /// The mean of `zⱼ²`, largest first: `[kept]`.
    let values: [Double]

    /// Finds the first `kept` directions for moments `[order, order]` of queries and of rows.
    init(queries moment: [Double], rows spread: [Double], order n: Int, kept: Int) {
        let factor = CholeskyFactor(Self.steadied(moment, order: n), order: n), lower = factor.lower
        let upper = Self.transposed(lower, order: n)
        let inner = matrixProduct(matrixProduct(upper, spread, order: n), lower, order: n)
        let axes = SymmetricEigendecomposition(inner, order: n), found = min(kept, n)
        let vectors = (axes.vectors.prefix(found * n) + [Double](repeating: 0, count: (n - found) * n)).map(\.self)
        let none = [Float](repeating: 0, count: (kept - found) * n)
        queries = matrixProduct(vectors, factor.inverse, order: n).prefix(found * n).map { Float($0) } + none
        rows = matrixProduct(vectors, upper, order: n).prefix(found * n).map { Float($0) } + none
        values = axes.values.prefix(found).map { max($0, 0) } + [Double](repeating: 0, count: kept - found)
    }

    /// A fiftieth of the mean is added to the diagonal, so that no direction is forgotten.
    private static func steadied(_ moment: [Double], order n: Int) -> [Double] {
        var steadied = moment
        let trace = (0..<n).reduce(0) { $0 + moment[$1 * n + $1] }
        let more = max(0.02 * trace / Double(n), 1e-30)
        for i in 0..<n { steadied[i * n + i] += more }
        return steadied
    }

    private static func transposed(_ matrix: [Double], order n: Int) -> [Double] {
        (0..<n * n).map { matrix[$0 % n * n + $0 / n] }
    }

    /// `1/n · Σ x·xᵀ` of rows `[n, order]`.
    static func moment(of rows: [Float], order: Int) -> [Double] {
        let count = rows.count / max(order, 1)
        var products = [Float](repeating: 0, count: order * order), target = products.mutableSpan
        matrixProduct(
            rows.span, rows.span, transposingLeft: true, rows: order, columns: order, inner: count, into: &target)
        return products.map { Double($0) / Double(max(count, 1)) }
    }
}
