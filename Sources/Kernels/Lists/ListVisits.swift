import KernelInterface

/// Which lists some queries visit, list by list.
package struct ListVisits: Sendable, Equatable {
    /// The lists in the order in which they are visited; one may be there twice.
    package private(set) var lists: [Int32] = []
    /// List `lists[g]` is visited by `visitors[starts[g]..<starts[g + 1]]`.
    package private(set) var starts: [Int] = [0]
    /// Numbers of queries.
    package private(set) var visitors: [Int32] = []

    /// How often a list is visited by a query.
    package var count: Int { visitors.count }

    /// Every query visits every one of `lists`.
    package init(all lists: Int, queries: Int) {
        self.lists = (0..<Int32(lists)).map { $0 }
        starts = (0...lists).map { $0 * queries }
        visitors = (0..<lists).flatMap { _ in 0..<Int32(queries) }
    }

    /// Every query visits those lists whose products with its coordinates lie at most `gap` below the largest. The nearest
    /// of them come first, so that later ones have to reach more.
    package init(of coordinates: QuantizedRows, _ some: Range<Int>, routers: BytePanels, gap: Float) {
        let set = kernels.search, nlist = routers.count
        var places = [Int32](repeating: 0, count: nlist), visits: [(bucket: Int32, query: Int32)] = []
        var counts = [Int](repeating: 0, count: some.count > 1 ? 2 * nlist + 1 : 0)
        routers.forEachProducts(of: coordinates, some) { row, products in
            let scale = coordinates.scales[row], x = unsafe pointer(products)
            let reach = scale > 0 ? gap / scale : .infinity, most = unsafe set.greatest(nlist, x).value
            let found = unsafe places.withUnsafeMutableBufferPointer { places in
                unsafe set.places(nlist, x, most - reach, places.baseAddress.unsafelyUnwrapped)
            }
            for i in 0..<found {
                let list = places[i], isNear = products[Int(list)] >= most - 0.2 * reach
                let bucket = isNear ? list : list + Int32(nlist)
                if some.count > 1 { counts[Int(bucket) + 1] += 1 }
                visits.append((bucket, Int32(row - some.lowerBound)))
            }
        }
        guard some.count > 1 else {
            visitAlone(visits, nlist)
            return
        }
        for bucket in 0..<2 * nlist { counts[bucket + 1] += counts[bucket] }
        visitors = [Int32](repeating: 0, count: visits.count)
        var next = counts
        for visit in visits {
            visitors[next[Int(visit.bucket)]] = visit.query
            next[Int(visit.bucket)] += 1
        }
        for bucket in 0..<2 * nlist where counts[bucket] < counts[bucket + 1] {
            lists.append(Int32(bucket < nlist ? bucket : bucket - nlist))
            starts.append(counts[bucket + 1])
        }
    }
    /// Every n-th list of one query's visits.
    func part(_ number: Int, of parts: Int) -> ListVisits {
        var part = ListVisits(all: 0, queries: 0)
        part.lists = stride(from: number, to: lists.count, by: parts).map { lists[$0] }
        part.starts = Array(0...part.lists.count)
        part.visitors = [Int32](repeating: 0, count: part.lists.count)
        return part
    }

    /// The visits of one query: no list is shared.
    private mutating func visitAlone(_ visits: [(bucket: Int32, query: Int32)], _ nlist: Int) {
        let count = Int32(nlist)
        lists = visits.filter { $0.bucket < count }.map(\.bucket)
        lists += visits.filter { $0.bucket >= count }.map { $0.bucket - count }
        starts = Array(0...lists.count)
        visitors = [Int32](repeating: 0, count: lists.count)
    }
}
