import Kernels

/// Lists in groups of similar ones: of so many that rows and queries should not be compared with all.
enum ListGroups {
    /// More lists than this are grouped.
    static let mostUngrouped = 8_192

    private static let passes = 6

    /// An order of centroids in which groups lie one behind the other, and these groups: about twice as many as the root of
    /// the number of centroids, by k-means over them.
    static func grouped(_ centroids: QuantizedRows) -> (order: [Int], groups: PanelGroups) {
        let root = Double(centroids.count).squareRoot()
        let count = min(max(1, Int((root / 8).rounded()) * 16), centroids.count)
        let first = (0..<count).map { $0 * centroids.count / count }
        var heads = BytePanels(QuantizedRows(first, of: centroids)), members: [[Int]] = []
        for _ in 0..<passes {
            members = Clustering.byList(Clustering.filled(heads.nearest(to: centroids), centroids, count), count)
            heads = BytePanels(Clustering.means(of: centroids, members))
        }
        let starts = members.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        return (members.flatMap(\.self), PanelGroups(starts: starts, heads: heads))
    }
}
