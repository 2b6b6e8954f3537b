import CIntrinsics
import KernelInterface

/// Scores codes whose numbers of 4 bits are looked up in a query's tables: `q·mₗ + offset + s·Σ table[code]` — André et al.
/// 2015, "Cache locality is not enough", section 4: a register holds a table, and a shuffle looks sixteen rows up.
///
/// Codes are `[blocks, highDim / 8, 4, 16]` bytes: in group g, byte `16·y + v` has number `8g + y` of row v in its lower bits
/// and `8g + 4 + y` in its upper ones, so that a register of any width goes with tables one behind the other.
func scanTables(_ s: ListScan) { scanBlocks(s, with: TableScorer.self) }

/// Codes of tables with two floats a row behind them, f and e: `q·mₗ + f·(offset + s·Σ table[code]) + ‖q‖·e`.
func scanBounds(_ s: ListScan) { scanBlocks(s, with: BoundScorer.self) }

private enum TableScorer: BlockScorer {
    @inline(__always) static var most: Int { 1 }
    @inline(__always) static var usesMeans: Bool { true }
    @inline(__always) static func take(_ s: ListScan, _ queries: ScannedQueries) {
        queries.bases[0] += s.offsets[queries[0]]
    }

    @inline(__always) static func score(
        _ s: ListScan, _ blocks: Range<Int>, _ rows: Range<Int>, _ queries: ScannedQueries, _ out: Out
    ) {
        tableSums(s, blocks, queries[0], out)
        let base = SIMD16<Float>(repeating: queries.bases[0])
        let scale = SIMD16<Float>(repeating: s.tableScales[queries[0]])
        for v in 0..<blocks.count {
            clip_store_floats(clip_multiply_add(clip_load_floats(out + 16 &* v), scale, base), out + 16 &* v)
        }
    }
}

private enum BoundScorer: BlockScorer {
    @inline(__always) static var most: Int { 1 }
    @inline(__always) static var usesMeans: Bool { true }
    @inline(__always) static func take(_ s: ListScan, _ queries: ScannedQueries) {}

    @inline(__always) static func score(
        _ s: ListScan, _ blocks: Range<Int>, _ rows: Range<Int>, _ queries: ScannedQueries, _ out: Out
    ) {
        let q = queries[0], base = SIMD16<Float>(repeating: queries.bases[0])
        let scale = SIMD16<Float>(repeating: s.tableScales[q]), offset = SIMD16<Float>(repeating: s.offsets[q])
        let length = SIMD16<Float>(repeating: s.lengths[q])
        tableSums(s, blocks, q, out)
        for v in 0..<blocks.count {
            let factors = s.high + ((blocks.lowerBound &+ v) &* s.blockBytes &+ 8 &* s.highDim)
            let product = clip_multiply_add(clip_load_floats(out + 16 &* v), scale, offset)
            let estimate = clip_multiply_add(clip_load_floats(factors), product, base)
            clip_store_floats(clip_multiply_add(clip_load_floats(factors + 64), length, estimate), out + 16 &* v)
        }
    }
}

/// `Σ table[code]` of up to four blocks, as floats: `[blocks, 16]`.
@inline(__always) private func tableSums(_ s: ListScan, _ blocks: Range<Int>, _ q: Int, _ out: Out) {
    let tables = UnsafeRawPointer(s.tables + 16 &* q &* s.highDim), groups = s.highDim / 8
    let codes = s.high + blocks.lowerBound &* s.blockBytes
    if blocks.count == 4 {
        fourSums(groups, codes, s.blockBytes, tables, out)
    } else {
        for v in 0..<blocks.count { oneSum(groups, codes + v &* s.blockBytes, tables, out + 16 &* v) }
    }
}

@inline(__always) private func oneSum(_ groups: Int, _ codes: BytesIn, _ tables: UnsafeRawPointer, _ out: Out) {
    var sums = (SIMD32<UInt16>.zero, SIMD32<UInt16>.zero)
    for g in 0..<groups {
        let low = clip_load_chars(tables + 128 &* g), high = clip_load_chars(tables + (128 &* g &+ 64))
        add(clip_load_chars(codes + 64 &* g), low, high, &sums)
    }
    clip_store_floats(clip_to_floats(clip_fold_sums(sums.0, sums.1)), out)
}

@inline(__always) private func fourSums(
    _ groups: Int, _ codes: BytesIn, _ stride: Int, _ tables: UnsafeRawPointer, _ out: Out
) {
    var a = (SIMD32<UInt16>.zero, SIMD32<UInt16>.zero), b = a, c = a, d = a
    for g in 0..<groups {
        let low = clip_load_chars(tables + 128 &* g), high = clip_load_chars(tables + (128 &* g &+ 64))
        let code = codes + 64 &* g
        add(clip_load_chars(code), low, high, &a)
        add(clip_load_chars(code + stride), low, high, &b)
        add(clip_load_chars(code + 2 &* stride), low, high, &c)
        add(clip_load_chars(code + 3 &* stride), low, high, &d)
    }
    clip_store_floats(clip_to_floats(clip_fold_sums(a.0, a.1)), out)
    clip_store_floats(clip_to_floats(clip_fold_sums(b.0, b.1)), out + 16)
    clip_store_floats(clip_to_floats(clip_fold_sums(c.0, c.1)), out + 32)
    clip_store_floats(clip_to_floats(clip_fold_sums(d.0, d.1)), out + 48)
}

/// Adds what 64 bytes of codes find in the tables of their lower and their upper bits.
@inline(__always) private func add(
    _ codes: SIMD64<Int8>, _ low: SIMD64<Int8>, _ high: SIMD64<Int8>, _ sums: inout (SIMD32<UInt16>, SIMD32<UInt16>)
) {
    let first = clip_pick_each(low, clip_low_bits(codes)), last = clip_pick_each(high, clip_high_bits(codes))
    sums.0 = clip_add_both(clip_add_both(sums.0, first), last)
    sums.1 = clip_add_upper(clip_add_upper(sums.1, first), last)
}

/// Tables `[count, 16]` as bytes: `table ≈ least + scale · byte`, with one scale for all; the least of all tables are added
/// up. The sum of one byte of each table stays below 2¹⁶.
func quantizeTables(
    _ count: Int, _ tables: In, _ bytes: UnsafeMutablePointer<UInt8>
) -> (scale: Float, offset: Float) {
    var widest: Float = 0, all: Float = 0, offset: Float = 0
    for m in 0..<count {
        let table = clip_load_floats(tables + 16 &* m), least = -clip_largest(-table)
        let span = clip_largest(table) - least
        widest = max(widest, span)
        all += span
        offset += least
    }
    // Each byte may be half a unit too large.
    let scale = max(widest / 255, all / (65_535 - Float(count)))
    let factor = scale > 1e-30 ? 1 / scale : 0
    for m in 0..<count {
        let table = clip_load_floats(tables + 16 &* m), least = SIMD16<Float>(repeating: -clip_largest(-table))
        let nearest = clip_nearest_ints((table - least) * SIMD16<Float>(repeating: factor))
        clip_store_bytes(clip_clamp(nearest), bytes + 16 &* m)
    }
    return (factor > 0 ? scale : 0, offset)
}
