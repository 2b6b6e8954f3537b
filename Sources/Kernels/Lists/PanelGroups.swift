import KernelInterface

/// Very many rows of panels in groups of similar ones, so that few of them are multiplied with another row: those of the groups
/// whose heads have the largest products with it.
package struct PanelGroups: Sendable, Equatable {
    /// Group g is rows `starts[g]..<starts[g + 1]` of the panels; none is empty.
    package let starts: [Int]
    /// What stands for the groups, a row each.
    package let heads: BytePanels

    /// Groups one behind the other.
    package init(starts: [Int], heads: BytePanels) {
        precondition(starts.count == heads.count + 1, "\(starts.count) starts of \(heads.count) groups")
        precondition(starts[0] == 0 && zip(starts, starts.dropFirst()).allSatisfy { $0 < $1 }, "an empty group")
        (self.starts, self.heads) = (starts, heads)
    }

    /// How many groups there are.
    package var count: Int { heads.count }

    /// The rows of a group.
    package func rows(_ group: Int) -> Range<Int> { starts[group]..<starts[group + 1] }

    /// For each group, those of some rows among whose `depth` nearest groups it is, ascending.
    func members(of rows: QuantizedRows, _ some: Range<Int>, depth: Int) -> [[Int]] {
        var members = [[Int]](repeating: [], count: count)
        var left = [Float](repeating: 0, count: count)
        let set = kernels.search
        heads.forEachProducts(of: rows, some) { row, products in
            for group in products.indices { left[group] = products[group] }
            for _ in 0..<min(depth, count) {
                let best = unsafe set.greatest(left.count, pointer(left.span)).place
                left[best] = -.infinity
                members[best].append(row)
            }
        }
        return members
    }
}

extension BytePanels {
    /// Groups that a row looks into.
    private static let depth = 8
    private static let rowsTogether = 2048

    /// For every row, the number of the row in here with the largest product with it, of those in the groups that are
    /// nearest to it; and that product, which lacks the row's own scale. On all threads. Without groups, all are compared.
    package func nearest(
        to rows: QuantizedRows, in groups: PanelGroups?
    ) -> (numbers: [Int32], products: [Float]) {
        guard let groups else { return nearest(to: rows) }
        precondition(groups.starts[groups.count] == count, "groups of \(groups.starts[groups.count]) rows")
        let found = parallelMap((rows.count + Self.rowsTogether - 1) / Self.rowsTogether) { task in
            let first = task * Self.rowsTogether, some = first..<min(first + Self.rowsTogether, rows.count)
            let members = groups.members(of: rows, some, depth: Self.depth)
            let set = kernels.search
            var numbers = [Int32](repeating: 0, count: some.count)
            var best = [Float](repeating: -.infinity, count: some.count)
            for group in 0..<groups.count where !members[group].isEmpty {
                let start = groups.starts[group]
                forEachProducts(of: rows, members[group], with: groups.rows(group)) { row, products in
                    let most = unsafe set.greatest(products.count, pointer(products))
                    guard most.value > best[row - first] else { return }
                    (numbers[row - first], best[row - first]) = (Int32(start + most.place), most.value)
                }
            }
            return (numbers, best)
        }
        return (found.flatMap { $0.0 }, found.flatMap { $0.1 })
    }
}

extension ListVisits {
    /// The same for very many lists, in groups whose heads foretell their best. A query looks into groups that are foretold
    /// to lie at most `gap + margin` below the best one, and visits of their lists those that lie at most `gap` below the
    /// best of the groups within `margin` of the best.
    package init(
        of coordinates: QuantizedRows, _ some: Range<Int>, routers: BytePanels, groups: PanelGroups, margin: Float,
        gap: Float
    ) {
        precondition(groups.starts[groups.count] == routers.count, "groups of \(groups.starts[groups.count]) lists")
        var found = FoundLists(nlist: routers.count)
        let atOnce = min(48, some.count)
        var products = [Float](repeating: 0, count: atOnce * routers.count)
        for first in stride(from: some.lowerBound, to: some.upperBound, by: max(atOnce, 1)) {
            let rows = first..<min(first + atOnce, some.upperBound)
            let looks = GroupLooks(of: coordinates, rows, groups, margin: margin, gap: gap, found.loops)
            for group in 0..<groups.count where !looks.members[group].isEmpty {
                let members = looks.members[group], start = groups.starts[group]
                routers.forEachProducts(of: coordinates, members, with: groups.rows(group)) { row, some in
                    let target = (row - first) * routers.count + start
                    for i in some.indices { products[target + i] = some[i] }
                }
            }
            for row in rows {
                let start = (row - first) * routers.count, scale = coordinates.scales[row]
                let own = products.span.extracting(start..<start + routers.count)
                let reach = scale > 0 ? gap / scale : .infinity
                let most = looks.nearest[row - first].reduce(-Float.infinity) { most, group in
                    let lists = own.extracting(groups.rows(group))
                    return max(most, unsafe found.loops.greatest(lists.count, pointer(lists)).value)
                }
                for group in looks.groups[row - first] {
                    found.add(
                        own.extracting(groups.rows(group)), from: groups.starts[group], reaching: most - reach,
                        near: most - 0.2 * reach, row - some.lowerBound)
                }
            }
        }
        self.init(found, queries: some.count)
    }
}

/// Which groups some queries look into.
private struct GroupLooks {
    /// Of each group, the queries that do; of each query, the groups, and those of them that are near the best.
    private(set) var members: [[Int]], groups: [[Int]], nearest: [[Int]]

    init(
        of coordinates: QuantizedRows, _ rows: Range<Int>, _ all: PanelGroups, margin: Float, gap: Float,
        _ loops: SearchKernels
    ) {
        members = [[Int]](repeating: [], count: all.count)
        groups = [[Int]](repeating: [], count: rows.count)
        nearest = groups
        all.heads.forEachProducts(of: coordinates, rows) { row, products in
            let scale = coordinates.scales[row], place = row - rows.lowerBound
            let most = unsafe loops.greatest(products.count, pointer(products)).value
            let near = scale > 0 ? margin / scale : .infinity, reach = scale > 0 ? (gap + margin) / scale : .infinity
            for group in products.indices where products[group] >= most - reach {
                members[group].append(row)
                groups[place].append(group)
                if products[group] >= most - near { nearest[place].append(group) }
            }
        }
    }
}
