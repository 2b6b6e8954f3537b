import Kernels

/// Foretells for queries of one kind the best score in every list: `Wₗ·q`, up to what is the same for all lists.
///
/// W is a ridge regression on queries that were asked of the whole index (Vecchiato et al. 2024, "A learning-to-rank
/// formulation of clustering-based approximate nearest neighbor search", learn it by gradient descent): a query of words is
/// led to where words found pictures, not to the lists whose means are near it. Kept are those directions of W that queries
/// tell apart (`WeightedAxes`), as bytes.
struct ListRouter: Sendable {
    let kind: QueryKind
    /// What a query is multiplied with: its coordinates.
    let axes: BytePanels
    /// `[nlist]` rows that foretell from coordinates.
    let lists: BytePanels

    /// Coordinates at most.
    private static let most = 256

    init(kind: QueryKind, axes: BytePanels, lists: BytePanels) {
        (self.kind, self.axes, self.lists) = (kind, axes, lists)
    }

    /// How many coordinates an index of vectors of this length has.
    static func coordinates(embedDim: Int) -> Int { min(most, (embedDim + 15) / 16 * 16) }

    /// Learns from queries, the largest score of each in each list, `[queries, nlist]`, and the lists' unit means,
    /// `[nlist, embedDim]`.
    init(_ queries: LearningQueries, maxima: [Float], means: [Float], isEmpty: [Bool], embedDim n: Int) {
        let nlist = isEmpty.count, t = queries.learning, count = t.count / n
        // What the means do not foretell.
        var rest = [Float](repeating: 0, count: count * nlist), target = rest.mutableSpan
        matrixProduct(
            t.span, means.span, transposingRight: true, rows: count, columns: nlist, inner: n, into: &target)
        for i in rest.indices { rest[i] = maxima[i] - rest[i] }

        let moment = WeightedAxes.moment(of: t, order: n)
        var right = [Float](repeating: 0, count: n * nlist), shares = right.mutableSpan  // Tᵀ·E
        matrixProduct(t.span, rest.span, transposingLeft: true, rows: n, columns: nlist, inner: count, into: &shares)
        let inverse = Self.inverse(moment, count: count, order: n)
        var more = [Float](repeating: 0, count: nlist * n), out = more.mutableSpan
        matrixProduct(
            right.span, inverse.span, transposingLeft: true, rows: nlist, columns: n, inner: n, into: &out)
        var w = zip(means, more).map { $0 + $1 }  // [nlist, embedDim]
        Self.removeMean(&w, isEmpty, n)

        let kept = Self.coordinates(embedDim: n)
        let axes = WeightedAxes(queries: moment, rows: WeightedAxes.moment(of: w, order: n), order: n, kept: kept)
        var coordinates = [Float](repeating: 0, count: nlist * kept), z = coordinates.mutableSpan
        matrixProduct(
            w.span, axes.rows.span, transposingRight: true, rows: nlist, columns: kept, inner: n, into: &z)
        self.init(
            kind: queries.kind, axes: BytePanels(QuantizedRows(axes.queries.span, columns: n)),
            lists: BytePanels(QuantizedRows(coordinates.span, columns: kept)))
    }

    /// `(TᵀT + λ·1)⁻¹` with λ = n/600 for n queries.
    private static func inverse(_ moment: [Double], count: Int, order n: Int) -> [Float] {
        var matrix = moment.map { $0 * Double(count) }
        for i in 0..<n { matrix[i * n + i] += max(Double(count) / 600, 1e-9) }
        let lower = CholeskyFactor(matrix, order: n).inverse
        let upper = (0..<n * n).map { lower[$0 % n * n + $0 / n] }
        return matrixProduct(upper, lower, order: n).map { Float($0) }
    }

    /// What all lists have in common tells a query nothing.
    private static func removeMean(_ w: inout [Float], _ isEmpty: [Bool], _ n: Int) {
        let some = isEmpty.indices.filter { !isEmpty[$0] }
        for i in 0..<n {
            let mean = some.reduce(Float(0)) { $0 + w[$1 * n + i] } / Float(max(some.count, 1))
            for list in isEmpty.indices { w[list * n + i] -= mean }
        }
    }

    /// The coordinates of queries.
    func coordinates(of queries: QuantizedRows) -> QuantizedRows {
        QuantizedRows(axes.products(with: queries).span, columns: axes.count)
    }
}
