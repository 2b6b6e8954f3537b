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
    public var mostBits = 4
    /// Neighbours of each picture that are looked at.
    private let neighbours = 32

    /// The usual limits.
    public init() {}

    /// Groups of at least two, in the order of their first members.
    ///
    /// Each member is the same picture as the first one, not merely as another member: a chain of small differences makes
    /// no group. A member's score is its cosine with the first.
    func groups(of entries: [CatalogueEntry], in vectors: inout IndexSnapshot) throws(Failure) -> [[Hit]] {
        let places = Dictionary(entries.enumerated().map { ($0.element.id, $0.offset) }) { first, _ in first }
        var embeddings = [[Float]](repeating: [], count: entries.count)
        try vectors.forEach { id, vector in
            if let place = places[id] { embeddings[place] = vector.indices.map { vector[$0] } }
        }
        var groups = Groups(entries.map(\.fingerprint))
        let batch = 256
        for start in stride(from: 0, to: entries.count, by: batch) {
            let members = (start..<min(start + batch, entries.count)).filter { !embeddings[$0].isEmpty }
            let found = try vectors.nearest(neighbours, to: members.flatMap { embeddings[$0] })
            for (member, hits) in zip(members, found) where groups.isFirst(member) {
                for hit in hits where hit.score >= leastCosine {
                    guard let other = places[hit.id], look(alike: entries[member], entries[other]) else { continue }
                    groups.add(other, to: member)
                }
            }
        }
        return groups.members.filter { $0.count > 1 }.map { group in
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

/// Numbers 0, 1, 2 …, each in the group of a first one that is not larger. Equal contents stay in one group.
private struct Groups {
    private var first: [Int]
    private var twins: [Int: [Int]] = [:]  // others of equal content, by the first of them

    init(_ contents: [String]) {
        var seen: [String: Int] = [:]
        first = contents.enumerated().map { number, content in
            let twin = seen[content] ?? number
            seen[content] = twin
            return twin
        }
        for (number, twin) in first.enumerated() where number != twin { twins[twin, default: []].append(number) }
    }

    func isFirst(_ number: Int) -> Bool { first[number] == number }

    /// Moves a later number, with its twins, if it is in no other group yet.
    mutating func add(_ number: Int, to group: Int) {
        guard number > group, isFirst(number) else { return }
        for member in [number] + (twins[number] ?? []) { first[member] = group }
    }

    /// The groups, each ascending, in the order of their first numbers.
    var members: [[Int]] {
        var members = [[Int]](repeating: [], count: first.count)
        for (number, group) in first.enumerated() { members[group].append(number) }
        return members.filter { !$0.isEmpty }
    }
}
