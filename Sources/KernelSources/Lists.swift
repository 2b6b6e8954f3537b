import CIntrinsics
import KernelInterface

/// Blocks of codes that lie in the cache, spread out, while queries go by.
@inline(__always) private var blocksPerPiece: Int { 64 }

/// Scores the high codes of every visited list for its visitors, and keeps the best candidates of each query: the same ones
/// for any order of the visits.
func scanLists(_ s: ListScan) {
    let spread = blocksPerPiece &* 16 &* s.highDim
    withUnsafeTemporaryAllocation(byteCount: spread &+ 6 &* s.highDim, alignment: 64) { bytes in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 6 * 64 + 6) { sums in
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 6) { masks in
                guard let bytes = bytes.baseAddress, let sums = sums.baseAddress, let masks = masks.baseAddress
                else { return }
                let codes = bytes.bindMemory(to: Int8.self, capacity: spread &+ 6 &* s.highDim)
                let aside = ScanScratch(
                    spread: codes, rows: codes + spread, sums: sums, thresholds: sums + 6 * 64, masks: masks)
                for group in 0..<s.groups { scan(s, group, aside) }
            }
        }
    }
    for q in 0..<s.queryCount { s.shorten(q) }
}

/// What a scan works with besides.
private struct ScanScratch {
    var spread: BytesOut, rows: BytesOut
    var sums: UnsafeMutablePointer<Int32>, thresholds: UnsafeMutablePointer<Int32>
    var masks: UnsafeMutablePointer<UInt64>
}

private func scan(_ s: ListScan, _ group: Int, _ aside: ScanScratch) {
    let list = Int(s.visited[group]), blocks = s.blockStarts[list]..<s.blockStarts[list &+ 1]
    if group &+ 1 < s.groups {
        // The next list, which lies elsewhere.
        let next = Int(s.visited[group &+ 1])
        let codes = s.high + s.blockStarts[next] &* 8 &* s.highDim, mean = s.means + next &* s.byteWidth
        for line in 0..<4 { clip_prefetch(codes + 64 &* line) }
        for line in 0..<s.byteWidth / 64 { clip_prefetch(mean + 64 &* line) }
    }
    let first = s.visitStarts[group], end = s.visitStarts[group &+ 1]
    if end &- first < 3 {
        for place in first..<end { scanPacked(s, list, blocks, Int(s.visitors[place]), aside) }
        return
    }
    var piece = blocks.lowerBound
    while piece < blocks.upperBound {
        let some = piece..<min(piece &+ blocksPerPiece, blocks.upperBound)
        spreadCodes(some.count &* s.highDim / 8, s.high + piece &* 8 &* s.highDim, aside.spread)
        var place = first
        while place < end {
            scanSpread(s, list, some, place, min(6, end &- place), aside)
            place &+= 6
        }
        piece = some.upperBound
    }
}

/// `q·m` of a query and a list's mean.
@inline(__always) func meanProduct(_ s: ListScan, _ q: Int, _ list: Int) -> Float {
    let sum = byteDot(
        s.byteWidth, s.bytes + q &* s.byteWidth, s.means + list &* s.byteWidth, s.meanTotals[list])
    return Float(sum) * (s.scales[q] * s.meanScales[list])
}

/// The score of a row all of whose high codes are zero.
@inline(__always) private func scoreOfZeros(_ s: ListScan, _ q: Int, _ list: Int) -> Float {
    meanProduct(s, q, list) - 7.5 * s.weightScales[q] * Float(s.highTotals[q])
}

/// No sum below this makes a score that reaches the least key of a query; it may be a little too small.
@inline(__always) private func threshold(_ s: ListScan, _ q: Int, _ base: Float) -> Int32 {
    guard s.least[q] > .min, s.weightScales[q] > 0 else { return .min }
    let sum = (candidateScore(s.least[q]) - base) / s.weightScales[q] - 2
    return Int32(max(-2_000_000_000, min(2_000_000_000, sum)))
}

/// One query, straight from the packed codes.
private func scanPacked(_ s: ListScan, _ list: Int, _ blocks: Range<Int>, _ q: Int, _ aside: ScanScratch) {
    let base = scoreOfZeros(s, q, list)
    var block = blocks.lowerBound
    while block < blocks.upperBound {
        let some = block..<min(block &+ 4, blocks.upperBound)
        aside.thresholds[0] = threshold(s, q, base)
        scanPackedCodes(
            CodeScan(
                rows: 1, blocks: some.count, width: s.highDim, bytes: s.weights + q &* (s.highDim &+ s.lowDim),
                codes: s.high + block &* 8 &* s.highDim, thresholds: aside.thresholds, sums: aside.sums,
                masks: aside.masks))
        keep(s, q, list, some, base, aside.masks[0], aside.sums)
        block = some.upperBound
    }
}

/// Up to six queries, from codes that are spread out.
private func scanSpread(
    _ s: ListScan, _ list: Int, _ blocks: Range<Int>, _ place: Int, _ rows: Int, _ aside: ScanScratch
) {
    var bases = InlineArray<6, Float>(repeating: 0)
    for r in 0..<rows {
        let q = Int(s.visitors[place &+ r])
        bases[r] = scoreOfZeros(s, q, list)
        (aside.rows + r &* s.highDim).update(from: s.weights + q &* (s.highDim &+ s.lowDim), count: s.highDim)
    }
    var block = blocks.lowerBound
    while block < blocks.upperBound {
        let some = block..<min(block &+ 4, blocks.upperBound)
        for r in 0..<rows { aside.thresholds[r] = threshold(s, Int(s.visitors[place &+ r]), bases[r]) }
        scanSpreadCodes(
            CodeScan(
                rows: rows, blocks: some.count, width: s.highDim, bytes: aside.rows,
                codes: aside.spread + (block &- blocks.lowerBound) &* 16 &* s.highDim, thresholds: aside.thresholds,
                sums: aside.sums, masks: aside.masks))
        for r in 0..<rows where aside.masks[r] != 0 {
            keep(s, Int(s.visitors[place &+ r]), list, some, bases[r], aside.masks[r], aside.sums + 64 &* r)
        }
        block = some.upperBound
    }
}

/// Keeps those candidates of a query whose bits are set, of up to four blocks.
@inline(__always) private func keep(
    _ s: ListScan, _ q: Int, _ list: Int, _ blocks: Range<Int>, _ base: Float, _ mask: UInt64,
    _ sums: UnsafeMutablePointer<Int32>
) {
    let first = s.rowStarts[list] &+ 16 &* (blocks.lowerBound &- s.blockStarts[list])
    let valid = min(64, s.rowStarts[list &+ 1] &- first)
    var mask = valid == 64 ? mask : mask & (1 << UInt64(valid) &- 1)
    if mask != 0, let excluded = s.excluded { mask &= ~bits(excluded, first, valid) }
    let scale = s.weightScales[q]
    while mask != 0 {
        let v = mask.trailingZeroBitCount
        mask &= mask &- 1
        let key = candidateKey(base + scale * Float(sums[v]), first &+ v)
        guard key > s.least[q] else { continue }
        if let own = s.own, own[q] == first &+ v { continue }
        s.keep(key, of: q)
    }
}

/// `count` bits of a set, from bit `first` on; no word behind the last of these is read.
@inline(__always) func bits(_ words: UnsafePointer<UInt64>, _ first: Int, _ count: Int) -> UInt64 {
    let word = first >> 6, shift = UInt64(first & 63)
    var bits = words[word] >> shift
    if shift > 0, (first &+ count &- 1) >> 6 > word { bits |= words[word &+ 1] << (64 &- shift) }
    return bits
}

/// Adds what the low codes say to the scores of all candidates, and keeps the best `kept` of each query.
func refineCandidates(_ s: ListScan, _ kept: Int) {
    let bytes = s.lowDim / 2, width = s.highDim &+ s.lowDim
    for q in 0..<s.queryCount {
        let mine = s.keys + q &* s.capacity, count = s.counts[q], weights = s.weights + (q &* width &+ s.highDim)
        let scale = s.weightScales[q], total = 7.5 * Float(s.lowTotals[q])
        if bytes > 0 {
            for i in 0..<count {
                if i &+ 8 < count { clip_prefetch(s.low + candidateRow(mine[i &+ 8]) &* bytes) }
                let row = candidateRow(mine[i]), sum = codeDot(bytes, s.low + row &* bytes, weights)
                mine[i] = candidateKey(candidateScore(mine[i]) + scale * (Float(sum) - total), row)
            }
        }
        guard count > kept else { continue }
        selectLargest(mine, count, kept)
        s.counts[q] = kept
    }
}

/// Replaces the scores of all candidates by the products of the stored rows, `[rows, embedDim]` in half precision, with the
/// queries, `[queries, embedDim]`.
func scoreCandidates(_ s: ListScan, _ embedDim: Int, _ halves: UnsafeRawPointer, _ queries: In) {
    let size = 2 &* embedDim
    for q in 0..<s.queryCount {
        let mine = s.keys + q &* s.capacity, count = s.counts[q], query = queries + q &* embedDim
        // In the order of rows, so that neighbours share pages.
        for i in 0..<min(4, count) { prefetch(halves + candidateRow(mine[i]) &* size, size) }
        for i in 0..<count {
            if i &+ 4 < count { prefetch(halves + candidateRow(mine[i &+ 4]) &* size, size) }
            let row = candidateRow(mine[i])
            mine[i] = candidateKey(halfDot(embedDim, halves + row &* size, query), row)
        }
    }
}

@inline(__always) func prefetch(_ bytes: UnsafeRawPointer, _ count: Int) {
    var line = 0
    while line < count {
        clip_prefetch(bytes + line)
        line &+= 64
    }
}

/// The largest score of any row of one list for every query, from all of its code: `out[q · outRow]`. `spread` has room for a
/// piece of codes of both parts, and for six queries behind it. An empty list gives −1.
func listMaxima(_ s: ListScan, _ list: Int, _ spread: BytesOut, _ out: Out, _ outRow: Int) {
    let width = s.highDim &+ s.lowDim, blocks = s.blockStarts[list]..<s.blockStarts[list &+ 1]
    for q in 0..<s.queryCount { out[q &* outRow] = blocks.isEmpty ? -1 : -.infinity }
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 6 * 64 + 6) { sums in
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 6) { masks in
            guard let sums = sums.baseAddress, let masks = masks.baseAddress else { return }
            for r in 0..<6 { sums[6 * 64 + r] = .min }
            var piece = blocks.lowerBound
            while piece < blocks.upperBound {
                let some = piece..<min(piece &+ blocksPerPiece, blocks.upperBound)
                for block in some { spreadWhole(s, list, block, spread + (block &- piece) &* 16 &* width) }
                var q = 0
                while q < s.queryCount {
                    let rows = min(6, s.queryCount &- q)
                    var block = some.lowerBound
                    while block < some.upperBound {
                        let four = block..<min(block &+ 4, some.upperBound)
                        scanSpreadCodes(
                            CodeScan(
                                rows: rows, blocks: four.count, width: width, bytes: s.weights + q &* width,
                                codes: spread + (block &- piece) &* 16 &* width, thresholds: sums + 6 * 64, sums: sums,
                                masks: masks))
                        let first = s.rowStarts[list] &+ 16 &* (block &- blocks.lowerBound)
                        let valid = min(64, s.rowStarts[list &+ 1] &- first)
                        for r in 0..<rows {
                            raise(s, q &+ r, list, first, valid, sums + 64 &* r, out + (q &+ r) &* outRow)
                        }
                        block = four.upperBound
                    }
                    q &+= rows
                }
                piece = some.upperBound
            }
        }
    }
    // A list of nothing but a query's own row tells what its mean does.
    for q in 0..<s.queryCount where out[q &* outRow] == -.infinity { out[q &* outRow] = meanProduct(s, q, list) }
}

/// Raises a query's largest score to that of the best of some rows.
@inline(__always) private func raise(
    _ s: ListScan, _ q: Int, _ list: Int, _ first: Int, _ valid: Int, _ sums: UnsafeMutablePointer<Int32>, _ out: Out
) {
    let own = s.own.map { $0[q] &- first } ?? -1
    var most = Int32.min
    for v in 0..<valid where v != own { most = max(most, sums[v]) }
    guard most > .min else { return }
    let scale = s.weightScales[q], totals = Float(s.highTotals[q] &+ s.lowTotals[q])
    out.pointee = max(out.pointee, meanProduct(s, q, list) + scale * (Float(most) - 7.5 * totals))
}

/// Spreads both parts of a block's codes out: `[(highDim + lowDim) / 4, 16, 4]`.
private func spreadWhole(_ s: ListScan, _ list: Int, _ block: Int, _ out: BytesOut) {
    spreadCodes(s.highDim / 8, s.high + block &* 8 &* s.highDim, out)
    let low = out + 16 &* s.highDim, half = s.lowDim / 2
    let first = s.rowStarts[list] &+ 16 &* (block &- s.blockStarts[list])
    let rows = min(16, s.rowStarts[list &+ 1] &- first)
    for v in 0..<rows {
        let code = s.low + (first &+ v) &* half
        for i in 0..<half {
            let (a, b) = (i, half &+ i)
            low[(a / 4 &* 16 &+ v) &* 4 &+ a % 4] = code[i] & 15
            low[(b / 4 &* 16 &+ v) &* 4 &+ b % 4] = Int8(truncatingIfNeeded: UInt8(bitPattern: code[i]) >> 4)
        }
    }
    for v in rows..<16 { for i in 0..<s.lowDim { low[(i / 4 &* 16 &+ v) &* 4 &+ i % 4] = 0 } }
}
