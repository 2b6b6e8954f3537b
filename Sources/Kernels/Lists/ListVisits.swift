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
        var found = FoundLists(nlist: routers.count)
        routers.forEachProducts(of: coordinates, some) { row, products in
            let scale = coordinates.scales[row], x = unsafe pointer(products)
            let reach = scale > 0 ? gap / scale : .infinity
            let most = unsafe found.loops.greatest(products.count, x).value
            found.add(products, from: 0, reaching: most - reach, near: most - 0.2 * reach, row - some.lowerBound)
        }
        self.init(found, queries: some.count)
    }

    /// What was found, the near lists first.
    init(_ found: FoundLists, queries: Int) {
        let nlist = found.nlist
        guard queries > 1 else {
            visitAlone(found.visits, nlist)
            return
        }
        var counts = [Int](repeating: 0, count: 2 * nlist + 1)
        for visit in found.visits { counts[Int(visit.bucket) + 1] += 1 }
        for bucket in 0..<2 * nlist { counts[bucket + 1] += counts[bucket] }
        visitors = [Int32](repeating: 0, count: found.visits.count)
        var next = counts
        for visit in found.visits {
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
    private mutating func visitAlone(_ visits: [FoundLists.Visit], _ nlist: Int) {
        let count = Int32(nlist)
        lists = visits.filter { $0.bucket < count }.map(\.bucket)
        lists += visits.filter { $0.bucket >= count }.map { $0.bucket - count }
        starts = Array(0...lists.count)
        visitors = [Int32](repeating: 0, count: lists.count)
    }
}

/// The lists that queries want to visit, in the order in which they were found.
struct FoundLists {
    /// A query, and its list; behind `nlist` come the lists that are not near.
    struct Visit {
        var bucket: Int32, query: Int32
    }

    let nlist: Int
    /// The table of loops, copied once for all queries.
    let loops = kernels.search
    private(set) var visits: [Visit] = []
    private var places: [Int32]

    init(nlist: Int) {
        self.nlist = nlist
        places = [Int32](repeating: 0, count: max(nlist, 1))
    }

    /// Those of the lists from `first` on whose products reach `least`, for one query; they are near from `near` on.
    mutating func add(
        _ products: Span<Float>, from first: Int, reaching least: Float, near: Float, _ query: Int
    ) {
        precondition(first >= 0 && first + products.count <= nlist, "lists beyond \(nlist)")
        let count = unsafe places.withUnsafeMutableBufferPointer { places in
            unsafe loops.places(
                products.count, pointer(products), least, places.baseAddress.unsafelyUnwrapped)
        }
        for i in 0..<count {
            let place = Int(places[i]), list = first + place
            visits.append(
                Visit(bucket: Int32(products[place] >= near ? list : list + nlist), query: Int32(query)))
        }
    }
}
