/// One answer of a search: a stored embedding and how near it is.
public struct Hit: Sendable, Equatable {
    /// The number under which the embedding was stored.
    public var id: Int64
    /// Inner product with the query: the cosine, where both are unit vectors. Larger is nearer.
    public var score: Float

    /// An answer.
    public init(id: Int64, score: Float) {
        self.id = id
        self.score = score
    }

    /// Whether this hit is listed before `other`: by score, then by id, so that the order never depends on the search.
    public func isBetter(than other: Hit) -> Bool {
        score != other.score ? score > other.score : id < other.id
    }
}

/// The best `k` hits seen so far, whatever the order in which they came: a heap with the worst one on top.
struct TopHits {
    private let k: Int
    private var heap: [Hit] = []

    init(_ k: Int) {
        self.k = k
        heap.reserveCapacity(min(k, 1024))
    }

    /// A hit with a lower score than this need not be offered.
    var threshold: Float { heap.count < k ? -.infinity : k == 0 ? .infinity : heap[0].score }

    /// The hits, best first.
    var sorted: [Hit] { heap.sorted { $0.isBetter(than: $1) } }

    mutating func offer(_ hit: Hit) {
        if heap.count < k {
            heap.append(hit)
            siftUp(heap.count - 1)
        } else if k > 0 && hit.isBetter(than: heap[0]) {
            heap[0] = hit
            siftDown()
        }
    }

    mutating func offer(_ hits: some Sequence<Hit>) { for hit in hits { offer(hit) } }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0, heap[(child - 1) / 2].isBetter(than: heap[child]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while 2 * parent + 1 < heap.count {
            let left = 2 * parent + 1
            let worse = left + 1 < heap.count && heap[left].isBetter(than: heap[left + 1]) ? left + 1 : left
            guard heap[parent].isBetter(than: heap[worse]) else { return }
            heap.swapAt(parent, worse)
            parent = worse
        }
    }
}
