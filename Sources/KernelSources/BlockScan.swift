import CIntrinsics
import KernelInterface

/// What scores the rows of some blocks for some queries: one for each kind of codes.
protocol BlockScorer {
    /// Queries that are scored together at most.
    static var most: Int { get }
    /// Whether scores begin with the product of the list's mean.
    static var usesMeans: Bool { get }
    /// Where what is read of a list begins.
    static func start(_ s: ListScan, _ list: Int) -> UnsafeRawPointer?
    /// Bytes that are read of sixteen rows.
    static func blockBytes(_ s: ListScan) -> Int
    /// Bytes that it needs besides, a multiple of 64.
    static func asideBytes(_ s: ListScan) -> Int
    /// Gets queries ready that visit a list.
    static func take(_ s: ListScan, _ queries: ScannedQueries)
    /// Scores up to four blocks, in which `rows` lie: `out[query, 64]`.
    static func score(_ s: ListScan, _ blocks: Range<Int>, _ rows: Range<Int>, _ queries: ScannedQueries, _ out: Out)
}

extension BlockScorer {
    @inline(__always) static func start(_ s: ListScan, _ list: Int) -> UnsafeRawPointer? {
        UnsafeRawPointer(s.high + s.blockStarts[list] &* s.blockBytes)
    }
    @inline(__always) static func blockBytes(_ s: ListScan) -> Int { s.blockBytes }
    @inline(__always) static func asideBytes(_ s: ListScan) -> Int { 0 }
}

/// Queries that are scored together, and what each score begins with.
struct ScannedQueries {
    var numbers: UnsafePointer<Int32>, count: Int
    var bases: Out, aside: UnsafeMutableRawPointer

    @inline(__always) subscript(place: Int) -> Int { Int(numbers[place]) }
}

/// Codes that stay in the cache while queries go by.
@inline(__always) private var bytesPerPiece: Int { 1 << 16 }

/// Scores every visited list for its visitors, and keeps the best candidates of each query: the same ones for any order of
/// the visits.
@inline(__always) func scanBlocks<Scorer: BlockScorer>(_ s: ListScan, with scorer: Scorer.Type) {
    let own = Scorer.asideBytes(s), scores = 4 &* 64 &* Scorer.most
    withUnsafeTemporaryAllocation(byteCount: own &+ scores &+ 4 &* Scorer.most, alignment: 64) { memory in
        guard let aside = memory.baseAddress else { return }
        let out = (aside + own).bindMemory(to: Float.self, capacity: 65 &* Scorer.most)
        let piece = max(4, bytesPerPiece / max(1, Scorer.blockBytes(s)) & ~3)
        for group in 0..<s.groups {
            // The next list lies elsewhere.
            if group &+ 1 < s.groups, let next = Scorer.start(s, Int(s.visited[group &+ 1])) {
                for line in 0..<4 { clip_prefetch(next + 64 &* line) }
            }
            let list = Int(s.visited[group]), blocks = s.blockStarts[list]..<s.blockStarts[list &+ 1]
            var first = blocks.lowerBound
            while first < blocks.upperBound {
                let some = first..<min(first &+ piece, blocks.upperBound)
                let end = s.visitStarts[group &+ 1]
                var place = s.visitStarts[group]
                while place < end {
                    let queries = ScannedQueries(
                        numbers: s.visitors + place, count: min(Scorer.most, end &- place),
                        bases: out + 64 &* Scorer.most, aside: aside)
                    scan(s, list, some, queries, out, scorer)
                    place &+= queries.count
                }
                first = some.upperBound
            }
        }
    }
    for q in 0..<s.queryCount { s.shorten(q) }
}

@inline(__always) private func scan<Scorer: BlockScorer>(
    _ s: ListScan, _ list: Int, _ blocks: Range<Int>, _ queries: ScannedQueries, _ out: Out, _: Scorer.Type
) {
    for r in 0..<queries.count { queries.bases[r] = Scorer.usesMeans ? meanProduct(s, queries[r], list) : 0 }
    Scorer.take(s, queries)
    var block = blocks.lowerBound
    while block < blocks.upperBound {
        let some = block..<min(block &+ 4, blocks.upperBound)
        let first = s.rowStarts[list] &+ 16 &* (block &- s.blockStarts[list])
        let rows = first..<min(first &+ 64, s.rowStarts[list &+ 1])
        Scorer.score(s, some, rows, queries, out)
        for r in 0..<queries.count { keep(s, queries[r], rows, out + 64 &* r) }
        block = some.upperBound
    }
}

/// Keeps those candidates of a query among up to 64 rows whose scores reach its least.
@inline(__always) private func keep(_ s: ListScan, _ q: Int, _ rows: Range<Int>, _ scores: Out) {
    let least = SIMD16<Float>(repeating: s.least[q] > .min ? candidateScore(s.least[q]) : -.infinity)
    var mask: UInt64 = 0, v = 0
    while v < rows.count {
        mask |= UInt64(clip_reaching_floats(clip_load_floats(scores + v), least)) << UInt64(v)
        v &+= 16
    }
    if rows.count < 64 { mask &= 1 << UInt64(rows.count) &- 1 }
    if mask != 0, let excluded = s.excluded { mask &= ~bits(excluded, rows.lowerBound, rows.count) }
    while mask != 0 {
        let row = rows.lowerBound &+ mask.trailingZeroBitCount
        let key = candidateKey(scores[mask.trailingZeroBitCount], row)
        mask &= mask &- 1
        guard key > s.least[q] else { continue }
        if let own = s.own, own[q] == row { continue }
        s.keep(key, of: q)
    }
}
