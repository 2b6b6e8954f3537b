import KernelInterface

/// The key of a row with a score.
@inline(__always) func candidateKey(_ score: Float, _ row: Int) -> CandidateKey {
    // As integers, negative floats run backwards.
    let bits = Int32(bitPattern: score.bitPattern), ordered = bits ^ ((bits >> 31) & 0x7FFF_FFFF)
    return Int64(ordered) << 32 | Int64(0xFFFF_FFFF &- row)
}

/// The score in a key.
@inline(__always) func candidateScore(_ key: CandidateKey) -> Float {
    let ordered = Int32(truncatingIfNeeded: key >> 32)
    return Float(bitPattern: UInt32(bitPattern: ordered ^ ((ordered >> 31) & 0x7FFF_FFFF)))
}

/// The row in a key.
@inline(__always) func candidateRow(_ key: CandidateKey) -> Int { 0xFFFF_FFFF &- Int(key & 0xFFFF_FFFF) }

/// Moves the `kept` largest of `count` keys, all different, to the front, in any order (Hoare 1961).
func selectLargest(_ keys: UnsafeMutablePointer<CandidateKey>, _ count: Int, _ kept: Int) {
    var low = 0, high = count &- 1
    guard kept < count else { return }
    while low < high {
        let a = keys[low], b = keys[high], middle = keys[(low &+ high) / 2]
        let pivot = max(min(a, b), min(max(a, b), middle))
        var i = low, j = high
        while i <= j {
            while keys[i] > pivot { i &+= 1 }
            while keys[j] < pivot { j &-= 1 }
            guard i <= j else { break }
            let key = keys[i]
            keys[i] = keys[j]
            keys[j] = key
            i &+= 1
            j &-= 1
        }
        if kept &- 1 <= j {
            high = j
        } else if kept &- 1 >= i {
            low = i
        } else {
            return
        }
    }
}

extension ListScan {
    /// Keeps a candidate of query `q`, whose key exceeds the least.
    @inline(__always) func keep(_ key: CandidateKey, of q: Int) {
        let mine = keys + q &* capacity, count = counts[q]
        mine[count] = key
        counts[q] = count &+ 1
        if count &+ 1 == capacity { shorten(q) }
    }

    /// Drops all candidates of query `q` but the best.
    func shorten(_ q: Int) {
        let mine = keys + q &* capacity
        guard counts[q] > kept else { return }
        selectLargest(mine, counts[q], kept)
        counts[q] = kept
        guard kept > 0 else {
            least[q] = .max
            return
        }
        var smallest = mine[0]
        for i in 1..<max(kept, 1) { smallest = min(smallest, mine[i]) }
        least[q] = max(least[q], smallest)
    }
}
