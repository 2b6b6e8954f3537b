public import Failures

/// Embeddings that lie near each other, found by asking the index for the neighbours of each.
public struct NearDuplicates: Sendable, Equatable {
    /// Least inner product of two embeddings that belong together.
    public var leastScore: Float
    /// Neighbours of each embedding that are looked at.
    public var neighbours = 32
    /// Lists of a large index that each looks into; the usual number where nil.
    public var nprobe: Int?

    /// Embeddings whose inner product is at least `leastScore`.
    public init(leastScore: Float) { self.leastScore = leastScore }

    /// Groups of at least two, in the order of their smallest ids, each ascending; a hit's score is the largest with
    /// another member that was found.
    ///
    /// Two embeddings are in one group where a chain of neighbours joins them. Memory stays at a few bytes an
    /// embedding: links are joined as they come (union-find; Tarjan 1975).
    ///
    /// - Throws: `.badData` where the index is damaged.
    public func groups(in index: inout IndexSnapshot) throws(Failure) -> [[Hit]] {
        let ids = index.ids
        let places = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
        var sets = DisjointSets(ids.count), best = [Float](repeating: -.infinity, count: ids.count)
        var blocks = index
        try blocks.forEachBlock(of: 1024) { (own, vectors) throws(Failure) in
            for (id, hits) in zip(own, try index.nearest(neighbours, to: vectors, nprobe: nprobe)) {
                guard let place = places[id] else { continue }
                for hit in hits where hit.id != id && hit.score >= leastScore {
                    guard let other = places[hit.id] else { continue }
                    sets.join(place, other)
                    best[place] = max(best[place], hit.score)
                    best[other] = max(best[other], hit.score)
                }
            }
        }
        return sets.groups.filter { $0.count > 1 }.map { $0.map { Hit(id: ids[$0], score: best[$0]) } }
    }
}

/// Sets of numbers 0, 1, 2 … that are joined one pair at a time; the smallest member stands for its set.
struct DisjointSets {
    private var parent: [Int]

    /// Every number alone.
    init(_ count: Int) { parent = Array(0..<count) }

    /// The smallest member of the set of `number`.
    mutating func first(of number: Int) -> Int {
        var number = number
        while parent[number] != number {
            parent[number] = parent[parent[number]]
            number = parent[number]
        }
        return number
    }

    /// Makes one set of the sets of two numbers.
    mutating func join(_ a: Int, _ b: Int) {
        let first = first(of: a), second = self.first(of: b)
        parent[max(first, second)] = min(first, second)
    }

    /// The sets, each ascending, in the order of their smallest members.
    var groups: [[Int]] {
        var sets = self, members = [[Int]](repeating: [], count: parent.count)
        for number in parent.indices { members[sets.first(of: number)].append(number) }
        return members.filter { !$0.isEmpty }
    }
}
