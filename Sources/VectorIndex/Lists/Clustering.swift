import Kernels
import Tensors

/// Spherical k-means around the common mean, on bytes: `y = (x − μ) / ‖x − μ‖`, each `y` belongs to the centroid with the
/// largest inner product, and a centroid is the unit mean of its `y` — Dhillon & Modha 2001, section 3.1.
///
/// Taking off `μ` removes the narrow cone in which the embeddings of one modality lie. Sums of products of bytes are exact,
/// and every sum of floats runs over rows in their order: the same rows give the same lists for any number of threads and
/// at every instruction level.
struct Clustering {
    /// Centroids, as rows are compared with them.
    private(set) var centroids: BytePanels
    /// Groups in which they lie, where they are very many: then a row is compared with those of a few groups.
    private(set) var groups: PanelGroups?
    /// `μ`: `[embedDim]`.
    let centre: [Float]
    /// The list of every row. None is empty.
    private(set) var lists: [Int] = []

    /// Rows of the sample for each list, and the parts of it that one pass after the other looks at: more changed recall by
    /// less than its noise.
    private static let sampled = 48, parts = [4, 4, 2, 2, 1, 1]

    /// Splits `rows` into `nlist` lists, which are grouped if they are more than `mostUngrouped`.
    init(_ rows: EmbeddingRows, nlist: Int, mostUngrouped: Int = ListGroups.mostUngrouped) {
        precondition(nlist > 0 && nlist <= rows.count, "\(nlist) lists for \(rows.count) rows")
        centre = Self.mean(of: rows)
        let y = Self.centred(rows.floats.span, around: centre)
        var random = SeededRandom(seed: 0, purpose: .clustering)
        let sample = Array(random.permutation(rows.count).prefix(Self.sampled * nlist))
        (centroids, groups) = Self.panels(QuantizedRows(Array(sample.prefix(nlist)), of: y), mostUngrouped)
        for part in Self.parts {
            let members = Array(sample.prefix(max(nlist, sample.count / part))).sorted()
            let some = QuantizedRows(members, of: y)
            let means = Self.means(of: some, Self.byList(assigned(some), nlist))
            (centroids, groups) = Self.panels(means, mostUngrouped)
        }
        lists = assigned(y)
    }

    /// Centroids as rows are compared with them: group by group where they are many.
    private static func panels(_ centroids: QuantizedRows, _ mostUngrouped: Int) -> (BytePanels, PanelGroups?) {
        guard centroids.count > mostUngrouped else { return (BytePanels(centroids), nil) }
        let (order, groups) = ListGroups.grouped(centroids)
        return (BytePanels(QuantizedRows(order, of: centroids)), groups)
    }

    /// The unit mean of the rows of every list.
    static func means(of rows: QuantizedRows, _ byList: [[Int]]) -> QuantizedRows {
        let sums = parallelMap(byList.count) { rows.sum(of: byList[$0]) }.flatMap(\.self)
        return QuantizedRows(unitLength(sums, width: rows.width).span, columns: rows.width)
    }

    /// The mean of at most 50,000 rows.
    private static func mean(of rows: EmbeddingRows) -> [Float] {
        var sums = [Double](repeating: 0, count: rows.embedDim)
        let step = max(1, rows.count / 50_000)
        let sample = Array(stride(from: 0, to: rows.count, by: step))
        for row in sample {
            let start = row * rows.embedDim
            for i in sums.indices { sums[i] += Double(rows.floats[start + i]) }
        }
        return sums.map { Float($0 / Double(sample.count)) }
    }

    /// `y` of some rows, as bytes.
    static func centred(_ rows: Span<Float>, around centre: [Float]) -> QuantizedRows {
        let width = centre.count, count = rows.count / width, block = 4096
        let parts = (0..<(count + block - 1) / block).map { part in
            let first = part * block * width, end = min(first + block * width, rows.count)
            var some = [Float](repeating: 0, count: end - first), target = some.mutableSpan
            parallelRows(of: &target, width: width, rowsPerTask: 256) { row, y in
                for start in stride(from: 0, to: y.count, by: width) {
                    let source = first + row * width + start
                    for i in 0..<width { y[start + i] = rows[source + i] - centre[i] }
                }
            }
            return QuantizedRows(some.span, columns: width)
        }
        return QuantizedRows(joining: parts, columns: width).unit
    }

    private func assigned(_ y: QuantizedRows) -> [Int] {
        Self.filled(centroids.nearest(to: y, in: groups), y, centroids.count)
    }

    /// The list of every row, which is that of its nearest centroid; rows of lists that others would leave empty come from
    /// where they fit worst.
    static func filled(
        _ nearest: (numbers: [Int32], products: [Float]), _ rows: QuantizedRows, _ nlist: Int
    ) -> [Int] {
        var lists = nearest.numbers.map { Int($0) }, counts = [Int](repeating: 0, count: nlist)
        for list in lists { counts[list] += 1 }
        let empty = counts.indices.filter { counts[$0] == 0 }
        guard !empty.isEmpty else { return lists }
        let fits = zip(nearest.products, rows.scales).map { $0 * $1 }  // cosines
        let farthest = fits.indices.sorted { fits[$0] != fits[$1] ? fits[$0] < fits[$1] : $0 < $1 }
        var candidates = farthest.makeIterator()
        for list in empty {
            while let row = candidates.next() {
                guard counts[lists[row]] > 1 else { continue }
                counts[lists[row]] -= 1
                (lists[row], counts[list]) = (list, 1)
                break
            }
        }
        return lists
    }

    static func byList(_ lists: [Int], _ nlist: Int) -> [[Int]] {
        var rows = [[Int]](repeating: [], count: nlist)
        for (row, list) in lists.enumerated() { rows[list].append(row) }
        return rows
    }
}

/// Every row divided by its length; a row of zeros stays one.
func unitLength(_ rows: [Float], width: Int) -> [Float] {
    var rows = rows, all = rows.mutableSpan
    parallelRows(of: &all, width: width, rowsPerTask: 256) { _, some in
        for start in stride(from: 0, to: some.count, by: width) {
            let length = Float(sumOfSquares(some.span.extracting(start..<start + width)).squareRoot())
            guard length > 0 else { continue }
            for i in start..<start + width { some[i] /= length }
        }
    }
    return rows
}
