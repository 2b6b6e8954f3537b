import Storage
import Tensors

/// Draws documents for validation, and finds those that are equal, so that equal ones stay on one side.
struct CorpusSplit {
    /// For each document, the first one with the same text.
    let firsts: [Int]
    private let checksums: [UInt32]

    init(_ store: DocumentStore) {
        let checksums = (0..<store.count).map { Fingerprint(Array(store.bytes(of: $0))).crc32Value }
        var firsts = Array(0..<store.count), start = 0
        let order = firsts.sorted { (checksums[$0], $0) < (checksums[$1], $1) }
        while start < order.count {
            let end = order[start...].firstIndex { checksums[$0] != checksums[order[start]] } ?? order.count
            var different: [Int] = []
            for document in order[start..<end] {
                if let first = different.first(where: { store.bytes(of: $0) == store.bytes(of: document) }) {
                    firsts[document] = first
                } else {
                    different.append(document)
                }
            }
            start = end
        }
        (self.firsts, self.checksums) = (firsts, checksums)
    }

    /// How many documents are equal to one before them.
    var repeatCount: Int { firsts.enumerated().count { $0.offset != $0.element } }

    /// Whole groups of equal documents, in the order of a hash of their text, until `share` of all documents, at most
    /// `limit`, is for validation. Depends on the texts alone, so that runs with other seeds can be compared.
    func validation(share: Float, limit: Int) -> Set<Int> {
        let wanted = min(Int((Float(firsts.count) * share).rounded()), limit)
        var sizes = [Int](repeating: 0, count: firsts.count)
        for first in firsts { sizes[first] += 1 }
        let hashes = checksums.map { checksum in
            var random = SeededRandom(seed: 0, purpose: .split, item: Int(checksum))
            return random.next()
        }
        let order = firsts.indices.filter { sizes[$0] > 0 }.sorted { (hashes[$0], $0) < (hashes[$1], $1) }
        var held: Set<Int> = [], count = 0
        for first in order where count + sizes[first] <= wanted {
            held.insert(first)
            count += sizes[first]
        }
        return Set(firsts.indices.filter { held.contains(firsts[$0]) })
    }
}
