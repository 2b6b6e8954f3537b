import KernelInterface

/// Scores rows by themselves, in half precision: `q·x`, with the bits of `halfDot`.
func scanHalves(_ s: ListScan) { scanBlocks(s, with: HalfScorer.self) }

private enum HalfScorer: BlockScorer {
    @inline(__always) static var most: Int { 4 }
    @inline(__always) static var usesMeans: Bool { false }
    @inline(__always) static func start(_ s: ListScan, _ list: Int) -> UnsafeRawPointer? {
        s.halves.map { $0 + s.rowStarts[list] &* 2 &* s.embedDim }
    }
    @inline(__always) static func blockBytes(_ s: ListScan) -> Int { 32 &* s.embedDim }
    /// Four products, and four queries one behind the other.
    @inline(__always) static func asideBytes(_ s: ListScan) -> Int { 64 &+ (16 &* s.embedDim &+ 63) / 64 &* 64 }

    @inline(__always) private static func vectors(_ queries: ScannedQueries) -> Out {
        (queries.aside + 64).assumingMemoryBound(to: Float.self)
    }

    @inline(__always) static func take(_ s: ListScan, _ queries: ScannedQueries) {
        for r in 0..<queries.count {
            (vectors(queries) + r &* s.embedDim).update(from: s.vectors + queries[r] &* s.embedDim, count: s.embedDim)
        }
    }

    @inline(__always) static func score(
        _ s: ListScan, _ blocks: Range<Int>, _ rows: Range<Int>, _ queries: ScannedQueries, _ out: Out
    ) {
        guard let halves = s.halves else { return }
        let four = queries.aside.assumingMemoryBound(to: Float.self), vectors = vectors(queries)
        for row in rows {
            let x = halves + row &* 2 &* s.embedDim, v = row &- rows.lowerBound
            if queries.count == 4 {
                halfDots(s.embedDim, x, vectors, four)
                for r in 0..<4 { out[64 &* r &+ v] = four[r] }
            } else {
                for r in 0..<queries.count { out[64 &* r &+ v] = halfDot(s.embedDim, x, vectors + r &* s.embedDim) }
            }
        }
    }
}
