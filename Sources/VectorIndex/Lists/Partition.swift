import Kernels

/// How a segment's embeddings lie in inverted lists, so that a query visits only those near it.
struct Partition: Sendable {
    /// Row numbers, list by list; ascending inside a list.
    let order: [Int]
    /// List `l` is `order[starts[l]..<starts[l + 1]]`.
    let starts: [Int]

    var nlist: Int { starts.count - 1 }

    /// The usual number of lists for `count` rows: about 6·√count.
    static func usualNlist(count: Int) -> Int {
        min(max(1, Int((6 * Double(count).squareRoot() / 64).rounded()) * 64), 65_536, max(1, count / 4))
    }

    /// No lists: every search visits every row, in the order of their ids.
    init(unlisted rows: EmbeddingRows) {
        order = (0..<rows.count).sorted { rows.ids[$0] < rows.ids[$1] }
        starts = [0]
    }

    /// Row `i` lies in list `lists[i]`.
    init(lists: [Int], nlist: Int) {
        var counts = [Int](repeating: 0, count: nlist)
        for list in lists { counts[list] += 1 }
        let starts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        var next = starts, order = [Int](repeating: 0, count: lists.count)
        for (row, list) in lists.enumerated() {
            order[next[list]] = row
            next[list] += 1
        }
        self.order = order
        self.starts = starts
    }

    /// Splits `rows` into `nlist` lists, none of them empty.
    init(_ rows: EmbeddingRows, nlist: Int) { self.init(lists: Clustering(rows, nlist: nlist).lists, nlist: nlist) }

    /// The mean of the rows of each list, `[nlist, embedDim]`; zeros for an empty one.
    func means(of rows: EmbeddingRows) -> [Float] {
        let width = rows.embedDim
        var means = [Float](repeating: 0, count: nlist * width), target = means.mutableSpan
        parallelRows(of: &target, width: width, rowsPerTask: 1) { list, mean in
            let members = order[starts[list]..<starts[list + 1]]
            for row in members {
                let from = row * width
                for i in 0..<width { mean[i] += rows.floats[from + i] }
            }
            let count = Float(max(members.count, 1))
            for i in 0..<width { mean[i] /= count }
        }
        return means
    }
}
