import CIntrinsics
import PixelInterface

/// Sixteen rows, of which those that are missing repeat the last one.
struct SixteenRows {
    let from: Bytes, stride: Int, count: Int

    /// `length` bytes of the rows become `length` columns of sixteen bytes.
    func toColumns(_ length: Int, _ columns: MutableBytes) {
        var next = 0
        while next < length {
            let at = blockStart(next, length)
            if length >= 16, count == 16 {
                Block(from + at, stride).transposed.store(columns + 16 &* at, 16)
            } else {
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { bytes in
                    guard let block = bytes.baseAddress else { return }
                    for i in 0..<16 {
                        (block + 16 &* i).update(
                            from: from + (min(i, count &- 1) &* stride &+ at), count: min(length &- at, 16))
                    }
                    Block(block, 16).transposed.store(columns + 16 &* at, 16)
                }
            }
            next &+= 16
        }
    }
}

/// The way back: `length` columns of sixteen bytes become `count` rows of at most sixteen.
func columnsToRows(_ columns: Bytes, _ length: Int, _ rows: MutableBytes, _ stride: Int, _ count: Int) {
    var next = 0
    while next < length {
        let at = blockStart(next, length), block = Block(columns + 16 &* at, 16).transposed
        if length >= 16, count == 16 {
            block.store(rows + at, stride)
        } else {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { bytes in
                guard let copy = bytes.baseAddress else { return }
                block.store(copy, 16)
                for i in 0..<count { (rows + (i &* stride &+ at)).update(from: copy + 16 &* i, count: min(length, 16)) }
            }
        }
        next &+= 16
    }
}

/// Where a block of sixteen begins: the last overlaps the one before it, unless there is none.
@inline(__always) private func blockStart(_ at: Int, _ count: Int) -> Int {
    at &+ 16 <= count || count < 16 ? at : count &- 16
}

/// 16 × 16 bytes in registers. Each row has a name: in an array they would stay in memory.
private struct Block {
    private var r0: SIMD16<UInt8>, r1: SIMD16<UInt8>, r2: SIMD16<UInt8>, r3: SIMD16<UInt8>
    private var r4: SIMD16<UInt8>, r5: SIMD16<UInt8>, r6: SIMD16<UInt8>, r7: SIMD16<UInt8>
    private var r8: SIMD16<UInt8>, r9: SIMD16<UInt8>, r10: SIMD16<UInt8>, r11: SIMD16<UInt8>
    private var r12: SIMD16<UInt8>, r13: SIMD16<UInt8>, r14: SIMD16<UInt8>, r15: SIMD16<UInt8>

    /// Rows that lie `stride` bytes apart.
    @inline(__always) init(_ from: UnsafePointer<UInt8>, _ stride: Int) {
        r0 = clip_load_bytes(from)
        r1 = clip_load_bytes(from + stride)
        r2 = clip_load_bytes(from + 2 &* stride)
        r3 = clip_load_bytes(from + 3 &* stride)
        r4 = clip_load_bytes(from + 4 &* stride)
        r5 = clip_load_bytes(from + 5 &* stride)
        r6 = clip_load_bytes(from + 6 &* stride)
        r7 = clip_load_bytes(from + 7 &* stride)
        r8 = clip_load_bytes(from + 8 &* stride)
        r9 = clip_load_bytes(from + 9 &* stride)
        r10 = clip_load_bytes(from + 10 &* stride)
        r11 = clip_load_bytes(from + 11 &* stride)
        r12 = clip_load_bytes(from + 12 &* stride)
        r13 = clip_load_bytes(from + 13 &* stride)
        r14 = clip_load_bytes(from + 14 &* stride)
        r15 = clip_load_bytes(from + 15 &* stride)
    }

    @inline(__always) func store(_ to: UnsafeMutablePointer<UInt8>, _ stride: Int) {
        clip_store_bytes(r0, to)
        clip_store_bytes(r1, to + stride)
        clip_store_bytes(r2, to + 2 &* stride)
        clip_store_bytes(r3, to + 3 &* stride)
        clip_store_bytes(r4, to + 4 &* stride)
        clip_store_bytes(r5, to + 5 &* stride)
        clip_store_bytes(r6, to + 6 &* stride)
        clip_store_bytes(r7, to + 7 &* stride)
        clip_store_bytes(r8, to + 8 &* stride)
        clip_store_bytes(r9, to + 9 &* stride)
        clip_store_bytes(r10, to + 10 &* stride)
        clip_store_bytes(r11, to + 11 &* stride)
        clip_store_bytes(r12, to + 12 &* stride)
        clip_store_bytes(r13, to + 13 &* stride)
        clip_store_bytes(r14, to + 14 &* stride)
        clip_store_bytes(r15, to + 15 &* stride)
    }

    /// Rows and columns change places: four times the rows of both halves are interleaved.
    @inline(__always) var transposed: Block { interleaved.interleaved.interleaved.interleaved }

    @inline(__always) private var interleaved: Block {
        var next = self
        (next.r0, next.r1) = (clip_interleave_first(r0, r8), clip_interleave_last(r0, r8))
        (next.r2, next.r3) = (clip_interleave_first(r1, r9), clip_interleave_last(r1, r9))
        (next.r4, next.r5) = (clip_interleave_first(r2, r10), clip_interleave_last(r2, r10))
        (next.r6, next.r7) = (clip_interleave_first(r3, r11), clip_interleave_last(r3, r11))
        (next.r8, next.r9) = (clip_interleave_first(r4, r12), clip_interleave_last(r4, r12))
        (next.r10, next.r11) = (clip_interleave_first(r5, r13), clip_interleave_last(r5, r13))
        (next.r12, next.r13) = (clip_interleave_first(r6, r14), clip_interleave_last(r6, r14))
        (next.r14, next.r15) = (clip_interleave_first(r7, r15), clip_interleave_last(r7, r15))
        return next
    }
}
