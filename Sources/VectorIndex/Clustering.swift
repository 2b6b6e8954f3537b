import Kernels
import Tensors

/// Spherical k-means around the common mean: `y = (x − μ) / ‖x − μ‖`, each `y` belongs to the centroid with the largest
/// inner product, and a centroid is the unit mean of its `y` — Dhillon & Modha 2001, section 3.1.
///
/// Taking off `μ` removes the narrow cone in which the embeddings of one modality lie. Every sum runs over rows in their
/// order, so the same rows give the same centroids for any number of threads.
struct Clustering {
    private let rows: EmbeddingRows
    private let nlist: Int
    private let mean: [Float]  // [embedDim]
    private static let tile = 512  // rows that are compared with all centroids at once

    /// The list of every row, and how near it is to the list's centroid.
    struct Assignment {
        var lists: [Int] = []
        var scores: [Float] = []
        var sums: [Float]  // [nlist, embedDim], of the y
        var counts: [Int]  // [nlist]
    }

    init(_ rows: EmbeddingRows, nlist: Int) {
        precondition(nlist > 0 && nlist <= rows.count, "\(nlist) lists for \(rows.count) rows")
        self.rows = rows
        self.nlist = nlist
        var sums = [Double](repeating: 0, count: rows.embedDim)
        let step = max(1, rows.count / 50_000)
        let sample = Array(stride(from: 0, to: rows.count, by: step))
        for row in sample {
            let start = row * rows.embedDim
            for i in sums.indices { sums[i] += Double(rows.floats[start + i]) }
        }
        mean = sums.map { Float($0 / Double(sample.count)) }
    }

    /// The list of every row. No list is empty.
    func lists() -> [Int] {
        // Samples of 48 rows a list, and six passes over growing parts of them, are enough: more changed recall by less
        // than its noise.
        var random = SeededRandom(seed: 0, purpose: .clustering)
        let sample = Array(random.permutation(rows.count).prefix(48 * nlist))
        var centroids = centred(Array(sample.prefix(nlist)))
        for part in [4, 4, 2, 2, 1, 1] {
            let members = Array(sample.prefix(max(nlist, sample.count / part))).sorted()
            var assignment = assign(members, to: centroids)
            fillEmptyLists(&assignment, members)
            centroids = unitRows(assignment.sums)
        }
        let all = Array(0..<rows.count)
        var assignment = assign(all, to: centroids)
        fillEmptyLists(&assignment, all)
        return assignment.lists
    }

    private func assign(_ members: [Int], to centroids: [Float]) -> Assignment {
        let width = rows.embedDim
        var result = Assignment(
            sums: [Float](repeating: 0, count: nlist * width), counts: [Int](repeating: 0, count: nlist))
        for start in stride(from: 0, to: members.count, by: Self.tile) {
            let y = centred(Array(members[start..<min(start + Self.tile, members.count)]))  // [n, embedDim]
            let n = y.count / width
            var products = [Float](repeating: 0, count: n * nlist), target = products.mutableSpan
            matrixProduct(
                y.span, centroids.span, transposingRight: true, rows: n, columns: nlist, inner: width,
                into: &target)
            for row in 0..<n {
                let (list, score) = best(products.span.extracting(row * nlist..<(row + 1) * nlist))
                result.lists.append(list)
                result.scores.append(score)
                result.counts[list] += 1
                add(y.span.extracting(row * width..<(row + 1) * width), to: &result.sums, at: list)
            }
        }
        return result
    }

    private func best(_ products: Span<Float>) -> (list: Int, score: Float) {
        var list = 0, score = products[0]
        for l in products.indices where products[l] > score { (list, score) = (l, products[l]) }
        return (list, score)
    }

    private func add(_ y: Span<Float>, to sums: inout [Float], at list: Int) {
        let start = list * rows.embedDim
        for i in y.indices { sums[start + i] += y[i] }
    }

    /// Gives every empty list the row that is farthest from its own centroid, from a list that keeps others.
    private func fillEmptyLists(_ assignment: inout Assignment, _ members: [Int]) {
        let empty = assignment.counts.indices.filter { assignment.counts[$0] == 0 }
        guard !empty.isEmpty else { return }
        let farthest = members.indices.sorted {
            let (a, b) = (assignment.scores[$0], assignment.scores[$1])
            return a != b ? a < b : $0 < $1
        }
        var candidates = farthest.makeIterator()
        for list in empty {
            while let member = candidates.next() {
                let former = assignment.lists[member]
                guard assignment.counts[former] > 1 else { continue }
                assignment.lists[member] = list
                assignment.counts[former] -= 1
                assignment.counts[list] = 1
                add(centred([members[member]]).span, to: &assignment.sums, at: list)
                break
            }
        }
    }

    /// `y` of some rows, `[members, embedDim]`; zero for a row that equals the mean.
    private func centred(_ members: [Int]) -> [Float] {
        var y = [Float](repeating: 0, count: members.count * rows.embedDim)
        for (place, row) in members.enumerated() {
            let from = row * rows.embedDim, to = place * rows.embedDim
            for i in mean.indices { y[to + i] = rows.floats[from + i] - mean[i] }
        }
        return unitRows(y)
    }

    private func unitRows(_ y: [Float]) -> [Float] { unitLength(y, width: rows.embedDim) }
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
