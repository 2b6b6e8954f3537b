/// Two neighbouring symbols of a word.
struct Pair: Hashable, Comparable, Sendable {
    let left, right: Int32

    static func < (a: Pair, b: Pair) -> Bool { (a.left, a.right) < (b.left, b.right) }
}

/// A rule: where `pair` stands, write `joined`.
struct Merge: Equatable, Sendable {
    let pair: Pair
    let joined: Int32
}

/// All merges of a vocabulary, found by their pair.
struct MergeTable: Sendable {
    private struct Entry: Sendable { let rank: UInt32, joined: Int32 }

    private var entries: [Pair: Entry] = [:]

    /// - Parameter merges: best first.
    init(_ merges: [Merge]) {
        entries.reserveCapacity(merges.count)
        for (rank, merge) in merges.enumerated() {
            entries[merge.pair] = Entry(rank: UInt32(rank), joined: merge.joined)
        }
    }

    /// The place of the pair among all merges, and the symbol that it becomes.
    func find(_ left: Int32, _ right: Int32) -> (rank: UInt32, joined: Int32)? {
        entries[Pair(left: left, right: right)].map { ($0.rank, $0.joined) }
    }
}

/// Applies merges to one word at a time: always the best one that is possible, the leftmost of equals first.
///
/// Sennrich et al. 2016, algorithm 1. A heap of candidates makes a word of `n` bytes cost `n log n`.
struct WordMerger {
    private struct Part {
        var symbol: Int32
        var previous, next: Int32  // -1 at the ends
        var rank: UInt32  // of this symbol with the next, `noMerge` where there is none
    }

    private static let noMerge = UInt32.max
    private var parts: [Part] = []
    private var candidates = Heap<UInt64>()  // rank, then place

    /// Appends the merged form of `symbols` to `ids`.
    mutating func append(_ symbols: some Collection<Int32>, using table: MergeTable, to ids: inout [Int32]) {
        parts.removeAll(keepingCapacity: true)
        candidates.removeAll()
        let count = Int32(symbols.count)
        for symbol in symbols {
            let i = Int32(parts.count)
            parts.append(Part(symbol: symbol, previous: i - 1, next: i + 1 < count ? i + 1 : -1, rank: Self.noMerge))
        }
        for i in parts.indices { propose(i, table) }
        while let candidate = candidates.pop() {
            let i = Int(candidate & 0xFFFF_FFFF)
            if parts[i].rank == UInt32(candidate >> 32) { merge(i, table) }
        }
        var i: Int32 = 0
        while i >= 0 {
            ids.append(parts[Int(i)].symbol)
            i = parts[Int(i)].next
        }
    }

    private mutating func propose(_ i: Int, _ table: MergeTable) {
        parts[i].rank = Self.noMerge
        let next = Int(parts[i].next)
        guard next >= 0, let found = table.find(parts[i].symbol, parts[next].symbol) else { return }
        parts[i].rank = found.rank
        candidates.push(UInt64(found.rank) << 32 | UInt64(i))
    }

    private mutating func merge(_ i: Int, _ table: MergeTable) {
        let gone = Int(parts[i].next)
        guard let found = table.find(parts[i].symbol, parts[gone].symbol) else { return }
        parts[i].symbol = found.joined
        parts[i].next = parts[gone].next
        parts[gone].rank = Self.noMerge
        if parts[gone].next >= 0 { parts[Int(parts[gone].next)].previous = Int32(i) }
        propose(i, table)
        if parts[i].previous >= 0 { propose(Int(parts[i].previous), table) }
    }
}
