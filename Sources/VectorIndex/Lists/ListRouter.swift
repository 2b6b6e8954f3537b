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
    /// Where lists are very many: groups of them, whose heads foretell the best score of any list in them.
    let groups: PanelGroups?
    /// How much further below the best group a query looks into groups than it visits lists.
    let margin: Float

    /// Coordinates at most.
    private static let most = 256

    init(kind: QueryKind, axes: BytePanels, lists: BytePanels, groups: PanelGroups? = nil, margin: Float = 0) {
        (self.kind, self.axes, self.lists, self.groups, self.margin) = (kind, axes, lists, groups, margin)
    }

    /// How many coordinates an index of vectors of this length has.
    static func coordinates(embedDim: Int) -> Int { min(most, (embedDim + 15) / 16 * 16) }

    /// Learns from queries, the largest score of each in each list, `[queries, nlist]`, and the lists' unit means,
    /// `[nlist, embedDim]`; `starts` are those of groups of lists, where there are any.
    init(
        _ queries: LearningQueries, maxima: [Float], means: [Float], isEmpty: [Bool], starts: [Int]?, embedDim n: Int
    ) {
        let t = queries.learning, moment = WeightedAxes.moment(of: t, order: n)
        let inverse = Self.inverse(moment, count: t.count / n, order: n)
        let w = Self.regression(t, inverse, maxima: maxima, means: means, isEmpty, n)  // [nlist, embedDim]
        let kept = Self.coordinates(embedDim: n)
        let axes = WeightedAxes(queries: moment, rows: WeightedAxes.moment(of: w, order: n), order: n, kept: kept)
        func panels(_ w: [Float]) -> BytePanels {
            let count = w.count / n
            var coordinates = [Float](repeating: 0, count: count * kept), z = coordinates.mutableSpan
            matrixProduct(
                w.span, axes.rows.span, transposingRight: true, rows: count, columns: kept, inner: n, into: &z)
            return BytePanels(QuantizedRows(coordinates.span, columns: kept))
        }
        let queryAxes = BytePanels(QuantizedRows(axes.queries.span, columns: n)), lists = panels(w)
        guard let starts else {
            self.init(kind: queries.kind, axes: queryAxes, lists: lists)
            return
        }
        let ranges = zip(starts, starts.dropFirst()).map { $0..<$1 }
        let heads = Self.regression(
            t, inverse, maxima: Self.maxima(maxima, of: ranges), means: Self.means(means, of: ranges, n),
            ranges.map { _ in false }, n)
        let groups = PanelGroups(starts: starts, heads: panels(heads))
        let router = ListRouter(kind: queries.kind, axes: queryAxes, lists: lists, groups: groups)
        self.init(
            kind: queries.kind, axes: queryAxes, lists: lists, groups: groups,
            margin: router.measuredMargin(t, maxima: maxima, groups, embedDim: n))
    }

    /// `W` for lists, or groups, from the largest score of each query in each.
    private static func regression(
        _ t: [Float], _ inverse: [Float], maxima: [Float], means: [Float], _ isEmpty: [Bool], _ n: Int
    ) -> [Float] {
        let nlist = isEmpty.count, count = t.count / n
        // What the means do not foretell.
        var rest = [Float](repeating: 0, count: count * nlist), target = rest.mutableSpan
        matrixProduct(
            t.span, means.span, transposingRight: true, rows: count, columns: nlist, inner: n, into: &target)
        for i in rest.indices { rest[i] = maxima[i] - rest[i] }
        var right = [Float](repeating: 0, count: n * nlist), shares = right.mutableSpan  // Tᵀ·E
        matrixProduct(t.span, rest.span, transposingLeft: true, rows: n, columns: nlist, inner: count, into: &shares)
        var more = [Float](repeating: 0, count: nlist * n), out = more.mutableSpan
        matrixProduct(
            right.span, inverse.span, transposingLeft: true, rows: nlist, columns: n, inner: n, into: &out)
        var w = zip(means, more).map { $0 + $1 }
        removeMean(&w, isEmpty, n)
        return w
    }

    /// The largest score of each query in each group, `[queries, groups]`.
    private static func maxima(_ maxima: [Float], of groups: [Range<Int>]) -> [Float] {
        let nlist = groups.last?.upperBound ?? 0
        return stride(from: 0, to: maxima.count, by: nlist).flatMap { start in
            groups.map { group in group.reduce(-Float.infinity) { max($0, maxima[start + $1]) } }
        }
    }

    /// The unit means of groups of unit means.
    private static func means(_ means: [Float], of groups: [Range<Int>], _ n: Int) -> [Float] {
        let sums = groups.flatMap { group in
            (0..<n).map { i in group.reduce(Float(0)) { $0 + means[$1 * n + i] } }
        }
        return unitLength(sums, width: n)
    }

    /// Neighbours whose groups are looked into, of those in the lists of the ten largest scores.
    private static let looked = 0.995

    /// How much further below the best group than below the best list the lists of the largest scores lie.
    private func measuredMargin(_ t: [Float], maxima: [Float], _ groups: PanelGroups, embedDim n: Int) -> Float {
        let nlist = lists.count, coordinates = coordinates(of: QuantizedRows(t.span, columns: n))
        let heads = groups.heads.products(with: coordinates)
        let group = (0..<groups.count).flatMap { [Int](repeating: $0, count: groups.rows($0).count) }
        var excess: [Float] = []
        lists.forEachProducts(of: coordinates, 0..<coordinates.count) { query, products in
            var best = TopHits(10), most = -Float.infinity
            for list in 0..<nlist {
                best.offer(Hit(id: Int64(list), score: maxima[query * nlist + list]))
                most = max(most, products[list])
            }
            let own = heads[query * groups.count..<(query + 1) * groups.count], first = own.startIndex
            let mostOfHeads = own.max() ?? 0
            for list in best.sorted.map({ Int($0.id) }) {
                let gap = (most - products[list]) * coordinates.scales[query]
                excess.append(mostOfHeads - own[first + group[list]] - gap)
            }
        }
        return max(0, excess.sorted()[min(excess.count - 1, Int(Self.looked * Double(excess.count)))])
    }

    /// How far below the best each list is foretold to be: below this gap a query visits it. `products` are those with all
    /// lists, `coordinates` the query's.
    func gaps(_ products: Span<Float>, heads: ArraySlice<Float>, scale: Float) -> [Float] {
        guard let groups else {
            var most = products[0]
            for i in products.indices { most = max(most, products[i]) }
            return products.indices.map { (most - products[$0]) * scale }
        }
        let mostOfHeads = heads.max() ?? 0
        let beyond = heads.map { mostOfHeads - $0 - margin }
        var most = -Float.infinity, gaps = [Float](repeating: 0, count: products.count)
        for group in 0..<groups.count where beyond[group] <= 0 {
            for list in groups.rows(group) { most = max(most, products[list]) }
        }
        for group in 0..<groups.count {
            for list in groups.rows(group) { gaps[list] = max((most - products[list]) * scale, beyond[group]) }
        }
        return gaps
    }

    /// The lists that queries with these coordinates visit.
    func visits(of coordinates: QuantizedRows, gap: Float) -> ListVisits {
        let all = 0..<coordinates.count
        guard let groups else { return ListVisits(of: coordinates, all, routers: lists, gap: gap) }
        return ListVisits(of: coordinates, all, routers: lists, groups: groups, margin: margin, gap: gap)
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
