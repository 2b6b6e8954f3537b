import CIntrinsics
import KernelInterface

/// Scores codes of a byte a number, `[blocks, highDim / 4, 16, 4]`, −128…127: `q·mₗ + offset + s·Σ u·code`, where u are the
/// query's weights and s their scale.
func scanBytes(_ s: ListScan) { scanBlocks(s, with: ByteScorer.self) }

private enum ByteScorer: BlockScorer {
    @inline(__always) static var most: Int { 6 }
    @inline(__always) static var usesMeans: Bool { true }
    /// Sums, totals, and the weights one behind the other.
    @inline(__always) static func asideBytes(_ s: ListScan) -> Int {
        6 * 256 + 64 &+ (6 &* s.highDim &+ 63) / 64 &* 64
    }

    @inline(__always) private static func sums(_ queries: ScannedQueries) -> UnsafeMutablePointer<Int32> {
        queries.aside.assumingMemoryBound(to: Int32.self)
    }
    @inline(__always) private static func weights(_ queries: ScannedQueries) -> BytesOut {
        (queries.aside + (6 * 256 + 64)).assumingMemoryBound(to: Int8.self)
    }

    @inline(__always) static func take(_ s: ListScan, _ queries: ScannedQueries) {
        for r in 0..<queries.count {
            let q = queries[r]
            queries.bases[r] += s.offsets[q]
            sums(queries)[6 * 64 + r] = s.highTotals[q]
            (weights(queries) + r &* s.highDim).update(from: s.weights + q &* s.highDim, count: s.highDim)
        }
    }

    @inline(__always) static func score(
        _ s: ListScan, _ blocks: Range<Int>, _ rows: Range<Int>, _ queries: ScannedQueries, _ out: Out
    ) {
        let sums = sums(queries)
        signedSums(
            queries.count, blocks.count, s.highDim, weights(queries), sums + 6 * 64,
            s.high + blocks.lowerBound &* s.blockBytes, sums)
        for r in 0..<queries.count {
            let base = SIMD16<Float>(repeating: queries.bases[r])
            let scale = SIMD16<Float>(repeating: s.weightScales[queries[r]])
            for v in 0..<blocks.count {
                let place = 64 &* r &+ 16 &* v
                let sum = UnsafeRawPointer(sums + place).loadUnaligned(as: SIMD16<Int32>.self)
                clip_store_floats(clip_multiply_add(clip_to_floats(sum), scale, base), out + place)
            }
        }
    }
}
