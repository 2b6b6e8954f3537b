import Catalogue
public import Failures
import VectorIndex

/// A member of a group of near duplicates.
public struct DuplicateHit: Sendable, Equatable, Encodable {
    /// The group, from 1.
    public var group: Int
    /// The largest inner product with another member that was found; of pictures, the cosine with the first member.
    public var score: Float
    /// The number under which it is stored.
    public var id: Int64
    /// What it is of, where that is known.
    public var name: String?

    /// One line of JSON: `group`, `score`, `id`, and `name` where there is one.
    public var json: String { jsonLine(self) }
}

/// Groups of embeddings of any index whose inner products reach `leastScore`: of pictures those that look alike as well
/// (`DuplicateFinder`), unless looks are not compared; of others those that chains of neighbours join (`NearDuplicates`).
///
/// - Throws: `.missingInput`, `.badData` where the index is damaged.
public func nearDuplicates(
    in folder: String, leastScore: Float, comparesLooks: Bool = true, nprobe: Int? = nil
) throws(Failure) -> [DuplicateHit] {
    var contents = try IndexContents(folder), groups: [[Hit]]
    if comparesLooks, case .pictures(let catalogue) = contents.names {
        var finder = DuplicateFinder()
        finder.leastCosine = leastScore
        groups = try finder.groups(of: try catalogue.entries(), in: &contents.vectors)
    } else {
        var finder = NearDuplicates(leastScore: leastScore)
        finder.nprobe = nprobe
        groups = try finder.groups(in: &contents.vectors)
    }
    let notes = try contents.notes(of: groups.joined().map(\.id))
    return groups.enumerated().flatMap { number, group in
        group.map { DuplicateHit(group: number + 1, score: $0.score, id: $0.id, name: notes[$0.id]?.name) }
    }
}
