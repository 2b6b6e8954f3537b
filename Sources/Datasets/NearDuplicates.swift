/// Groups of pictures that look alike, by their perceptual hashes.
enum NearDuplicates {
    /// Most bits in which two hashes of the same picture, scaled or compressed anew, differ.
    static let mostBits = 3

    /// A group number for each hash: equal for pictures that are alike, directly or through others in between.
    ///
    /// Two hashes within three bits share at least one of their four 16-bit quarters, so only those are compared.
    static func groups(_ hashes: [UInt64]) -> [Int] {
        var distinct: [UInt64] = [], place: [UInt64: Int] = [:]
        for hash in hashes where place[hash] == nil {
            place[hash] = distinct.count
            distinct.append(hash)
        }
        var parents = Array(distinct.indices)
        func root(_ i: Int) -> Int {
            var i = i
            while parents[i] != i {
                parents[i] = parents[parents[i]]
                i = parents[i]
            }
            return i
        }
        for shift in stride(from: 0, to: 64, by: 16) {
            let quarters = Dictionary(grouping: distinct.indices) { UInt16(truncatingIfNeeded: distinct[$0] >> shift) }
            for members in quarters.values {
                for i in members.indices {
                    for j in members.index(after: i)..<members.endIndex {
                        let a = members[i], b = members[j]
                        guard (distinct[a] ^ distinct[b]).nonzeroBitCount <= mostBits else { continue }
                        let first = root(a), second = root(b)
                        parents[max(first, second)] = min(first, second)
                    }
                }
            }
        }
        return hashes.map { root(place[$0] ?? 0) }
    }
}
