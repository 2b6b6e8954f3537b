import Kernels

/// How a segment's embeddings are split into inverted lists, so that a query visits only those near it.
struct Partition: Sendable {
    /// Row numbers, list by list; ascending inside a list.
    let order: [Int]
    /// List `l` is `order[starts[l]..<starts[l + 1]]`.
    let starts: [Int]
    /// Unit means of the lists' own rows, `[nlist, embedDim]`: a query visits the lists with the largest products.
    let routers: [Float]

    var nlist: Int { starts.count - 1 }

    /// The usual number of lists for `count` rows: about 6·√count.
    static func usualNlist(count: Int) -> Int {
        min(max(1, Int((6 * Double(count).squareRoot() / 64).rounded()) * 64), 65_536, max(1, count / 4))
    }

    /// No lists: every search visits every row, in the order of their ids.
    init(unlisted rows: EmbeddingRows) {
        order = (0..<rows.count).sorted { rows.ids[$0] < rows.ids[$1] }
        starts = [0]
        routers = []
    }

    /// Splits `rows` into `nlist` lists, none of them empty.
    init(_ rows: EmbeddingRows, nlist: Int) {
        let lists = Clustering(rows, nlist: nlist).lists()
        var counts = [Int](repeating: 0, count: nlist), means = [Float](repeating: 0, count: nlist * rows.embedDim)
        for (row, list) in lists.enumerated() {
            counts[list] += 1
            let from = row * rows.embedDim, to = list * rows.embedDim
            for i in 0..<rows.embedDim { means[to + i] += rows.floats[from + i] }
        }
        let starts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        var next = starts, order = [Int](repeating: 0, count: rows.count)
        for (row, list) in lists.enumerated() {
            order[next[list]] = row
            next[list] += 1
        }
        self.order = order
        self.starts = starts
        routers = unitLength(means, width: rows.embedDim)
    }
}
