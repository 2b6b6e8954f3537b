import Testing

@testable import Kernels

@Suite struct PanelGroupsTests {
    private let panels = BytePanels(QuantizedRows(random(203 * 24, 5).span, columns: 24))
    private let rows = QuantizedRows(random(300 * 24, 6).span, columns: 24)
    private let groups = PanelGroups(
        starts: [0, 1, 18, 33, 64, 65, 100, 131, 140, 180, 190, 203],
        heads: BytePanels(QuantizedRows(random(11 * 24, 7).span, columns: 24)))

    private func products(_ row: Int) -> [Float] {
        var found: [Float] = []
        panels.forEachProducts(of: rows, row..<row + 1) { _, some in found = some.indices.map { some[$0] } }
        return found
    }

    private func heads(_ row: Int) -> [Float] {
        var found: [Float] = []
        groups.heads.forEachProducts(of: rows, row..<row + 1) { _, some in found = some.indices.map { some[$0] } }
        return found
    }

    @Test func `products with a part are those with all`() {
        for part in [0..<203, 0..<1, 17..<18, 16..<48, 30..<203] {
            var count = 0
            panels.forEachProducts(of: rows, [3, 90, 200], with: part) { row, some in
                #expect(some.indices.map { some[$0] } == Array(products(row)[part]))
                count += 1
            }
            #expect(count == 3)
        }
    }

    @Test func `the nearest of eight groups is found, for any number of rows beside it`() {
        let (numbers, best) = panels.nearest(to: rows, in: groups)
        for row in 0..<300 {
            let heads = heads(row), products = products(row)
            let nearest = heads.indices.sorted { heads[$0] > heads[$1] }.prefix(8)
            let wanted = nearest.flatMap { groups.rows($0) }.max { products[$0] < products[$1] }
            #expect(Int(numbers[row]) == wanted && best[row] == products[Int(numbers[row])])
            let alone = panels.nearest(to: QuantizedRows([row], of: rows), in: groups)
            #expect(alone.numbers == [numbers[row]] && alone.products == [best[row]])
        }
        #expect(panels.nearest(to: rows, in: nil).numbers == panels.nearest(to: rows).numbers)
    }

    @Test(arguments: [0, 0.4, 2] as [Float], [0, 0.5] as [Float])
    func `lists within the gap are visited, of groups within gap and margin`(gap: Float, margin: Float) {
        let all = ListVisits(of: rows, 0..<100, routers: panels, groups: groups, margin: margin, gap: gap)
        for query in 0..<100 {
            let heads = heads(query), products = products(query), scale = rows.scales[query]
            let mostOfHeads = heads.max() ?? 0
            let near = (0..<11).filter { heads[$0] >= mostOfHeads - margin / scale }
            let looked = (0..<11).filter { heads[$0] >= mostOfHeads - (gap + margin) / scale }
            let most = near.flatMap { groups.rows($0) }.map { products[$0] }.max() ?? 0
            let wanted = looked.flatMap { groups.rows($0) }.filter { products[$0] >= most - gap / scale }
            let found = all.lists.indices.filter { group in
                all.visitors[all.starts[group]..<all.starts[group + 1]].contains(Int32(query))
            }.map { Int(all.lists[$0]) }
            #expect(found.sorted() == wanted && !wanted.isEmpty)
            let alone = ListVisits(
                of: rows, query..<query + 1, routers: panels, groups: groups, margin: margin, gap: gap)
            #expect(alone.lists.map { Int($0) } == found)
        }
    }
}
