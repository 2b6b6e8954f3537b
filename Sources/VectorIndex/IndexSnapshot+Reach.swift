import Kernels

/// What queries reach in the lists that they visit, by whatever those are chosen.
package struct ListReach: Sendable, Equatable {
    /// Of the hits that were looked for, those whose lists were visited.
    package var found: Int
    /// Rows of the visited lists, removed ones included, over all queries.
    package var rows: Int
}

/// Ways of choosing lists, compared without the codes by which a search then looks at them.
extension IndexSnapshot {
    /// What queries reach in the lists that a search of their `kind` visits for a recall, of the `nearest` of each.
    package func reach(
        of queries: [Float], as kind: QueryKind, recall: Double, nearest: [[Hit]]
    ) -> ListReach {
        guard let model, let guided = guidedSearch(kind, recall: recall, 1) else {
            return reach(of: queries, nprobe: exhaustive(kind), nearest: nearest)
        }
        let visits = guided.visits(of: model.coded(queries))
        var visited = [[Int]](repeating: [], count: queries.count / embedDim)
        for (place, list) in visits.lists.enumerated() {
            for query in visits.visitors[visits.starts[place]..<visits.starts[place + 1]] {
                visited[Int(query)].append(Int(list))
            }
        }
        return reach(in: visited, nearest)
    }

    /// What queries reach in the `nprobe` lists whose means have the largest products with each.
    package func reach(of queries: [Float], nprobe: Int, nearest: [[Hit]]) -> ListReach {
        reach(in: lists(nearest: min(nprobe, nlist), to: queries), nearest)
    }

    private func reach(in visited: [[Int]], _ nearest: [[Hit]]) -> ListReach {
        let listed = segments.filter { $0.nlist > 0 }
        let lengths = (0..<nlist).map { list in listed.reduce(0) { $0 + $1.starts[list + 1] - $1.starts[list] } }
        let others = segments.reduce(0) { $0 + $1.count } - lengths.reduce(0, +)
        let homes = homes(of: Set(nearest.joined().map(\.id)))
        var reach = ListReach(found: 0, rows: 0)
        for (lists, hits) in zip(visited, nearest) {
            let some = Set(lists)
            reach.rows += lists.reduce(others) { $0 + lengths[$1] }
            // A row that lies in no list is seen by every query.
            reach.found += hits.count { hit in homes[hit.id].map(some.contains) ?? true }
        }
        return reach
    }

    /// The list of each of some ids, but for those that lie in none.
    private func homes(of ids: Set<Int64>) -> [Int64: Int] {
        var homes: [Int64: Int] = [:]
        for s in segments.indices where hasLists(s) {
            for (list, rows) in lists(of: s).enumerated() {
                for row in rows where ids.contains(id(row, of: s)) && !isRemoved(row, of: s) {
                    homes[id(row, of: s)] = list
                }
            }
        }
        return homes
    }
}
