import Catalogue
import Failures
import Images
import Kernels
import VectorIndex

/// What counts as the same picture: equal content, or embeddings and looks that hardly differ.
///
/// A model that is small or young maps different pictures to almost the same place, and a perceptual hash mistakes flat
/// pictures for each other; both together seldom err.
public struct DuplicateFinder: Sendable, Equatable {
    /// Least cosine of two embeddings.
    public var leastCosine: Float = 0.95
    /// Most bits in which the perceptual hashes differ, of 64.
    public var mostBits = 8
    /// Neighbours of each picture that are looked at; groups may be larger.
    private let neighbours = 16

    /// The usual limits.
    public init() {}

    /// Groups of at least two, in the order of their first members; a member's score is its cosine with the first.
    func groups(of entries: [CatalogueEntry], in vectors: inout IndexSnapshot) throws(Failure) -> [[Hit]] {
        let places = Dictionary(entries.enumerated().map { ($0.element.id, $0.offset) }) { first, _ in first }
        var sets = DisjointSets(entries.count), firstOfContent: [String: Int] = [:]
        for (place, entry) in entries.enumerated() {
            if let first = firstOfContent[entry.fingerprint] { sets.join(first, place) }
            firstOfContent[entry.fingerprint] = firstOfContent[entry.fingerprint] ?? place
        }
        var embeddings = [[Float]](repeating: [], count: entries.count)
        try vectors.forEach { id, vector in
            if let place = places[id] { embeddings[place] = vector.indices.map { vector[$0] } }
        }
        let batch = 256
        for start in stride(from: 0, to: entries.count, by: batch) {
            let members = Array(start..<min(start + batch, entries.count)).filter { !embeddings[$0].isEmpty }
            let found = try vectors.nearest(neighbours, to: members.flatMap { embeddings[$0] })
            for (member, hits) in zip(members, found) {
                for hit in hits where hit.score >= leastCosine {
                    guard let other = places[hit.id], look(alike: entries[member], entries[other]) else { continue }
                    sets.join(member, other)
                }
            }
        }
        return sets.groups.filter { $0.count > 1 }.map { group in
            let first = embeddings[group[0]]
            return group.map { place in
                let other = embeddings[place]
                return Hit(id: entries[place].id, score: dot(first.span, other.span))
            }
        }
    }

    private func look(alike a: CatalogueEntry, _ b: CatalogueEntry) -> Bool {
        Picture.hashDistance(a.perceptualHash, b.perceptualHash) <= mostBits
    }
}

/// Numbers in sets that are joined one pair at a time; the smallest number stands for its set.
private struct DisjointSets {
    private var parents: [Int]

    init(_ count: Int) { parents = Array(0..<count) }

    private mutating func root(_ number: Int) -> Int {
        var number = number
        while parents[number] != number {
            parents[number] = parents[parents[number]]
            number = parents[number]
        }
        return number
    }

    mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (root(a), root(b))
        parents[max(a, b)] = min(a, b)
    }

    /// The sets, each ascending, in the order of their smallest numbers.
    var groups: [[Int]] {
        var copy = self, members = [[Int]](repeating: [], count: parents.count)
        for number in parents.indices { members[copy.root(number)].append(number) }
        return members.filter { !$0.isEmpty }
    }
}
