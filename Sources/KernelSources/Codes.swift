import CIntrinsics
import KernelInterface

/// Spreads blocks of packed codes out, a number a byte: `[groups, 16, 4]` becomes `[2 · groups, 16, 4]`.
func spreadCodes(_ groups: Int, _ packed: BytesIn, _ spread: BytesOut) {
    for g in 0..<groups {
        let both = clip_load_chars(packed + 64 &* g)
        UnsafeMutableRawPointer(spread + 128 &* g).storeBytes(of: clip_low_bits(both), as: SIMD64<Int8>.self)
        UnsafeMutableRawPointer(spread + (128 &* g &+ 64)).storeBytes(of: clip_high_bits(both), as: SIMD64<Int8>.self)
    }
}

/// Sums of packed codes for one row, which are read once and not kept.
func scanPackedCodes(_ s: CodeScan) {
    if s.blocks == 4 {
        scanFour(s)
    } else {
        for block in 0..<s.blocks { scanOne(s, s.codes + block &* 8 &* s.width, s.sums + 16 &* block) }
    }
    s.masks[0] = reaching(s.sums, s.blocks, s.thresholds[0])
}

private func scanOne(_ s: CodeScan, _ codes: BytesIn, _ out: UnsafeMutablePointer<Int32>) {
    var low = SIMD16<Int32>.zero, high = SIMD16<Int32>.zero
    var codes = codes, q = s.bytes
    for _ in 0..<s.width / 8 {
        let both = clip_load_chars(codes)
        low = clip_add_dots(low, clip_low_bits(both), clip_spread4(q))
        high = clip_add_dots(high, clip_high_bits(both), clip_spread4(q + 4))
        codes += 64
        q += 8
    }
    clip_store_ints(low &+ high, out)
}

private func scanFour(_ s: CodeScan) {
    var a = SIMD16<Int32>.zero, b = SIMD16<Int32>.zero, c = SIMD16<Int32>.zero, d = SIMD16<Int32>.zero
    var e = SIMD16<Int32>.zero, f = SIMD16<Int32>.zero, g = SIMD16<Int32>.zero, h = SIMD16<Int32>.zero
    let block = 8 &* s.width
    var codes = s.codes, q = s.bytes
    for _ in 0..<s.width / 8 {
        let x = clip_spread4(q), y = clip_spread4(q + 4)
        let v0 = clip_load_chars(codes), v1 = clip_load_chars(codes + block)
        let v2 = clip_load_chars(codes + 2 &* block), v3 = clip_load_chars(codes + 3 &* block)
        a = clip_add_dots(a, clip_low_bits(v0), x)
        b = clip_add_dots(b, clip_low_bits(v1), x)
        c = clip_add_dots(c, clip_low_bits(v2), x)
        d = clip_add_dots(d, clip_low_bits(v3), x)
        e = clip_add_dots(e, clip_high_bits(v0), y)
        f = clip_add_dots(f, clip_high_bits(v1), y)
        g = clip_add_dots(g, clip_high_bits(v2), y)
        h = clip_add_dots(h, clip_high_bits(v3), y)
        codes += 64
        q += 8
    }
    clip_store_ints(a &+ e, s.sums)
    clip_store_ints(b &+ f, s.sums + 16)
    clip_store_ints(c &+ g, s.sums + 32)
    clip_store_ints(d &+ h, s.sums + 48)
}

/// `Σ row · code` of one code in a row of its own: `count` bytes, a multiple of sixteen, whose lower four bits are the
/// first `count` numbers and whose upper four are the others.
func codeDot(_ count: Int, _ code: BytesIn, _ row: BytesIn) -> Int32 {
    var low = SIMD4<Int32>.zero, high = SIMD4<Int32>.zero, i = 0
    while i < count {
        let both = clip_load_chars16(code + i)
        low = clip_add_dots4(low, clip_low_bits16(both), clip_load_chars16(row + i))
        high = clip_add_dots4(high, clip_high_bits16(both), clip_load_chars16(row + (count &+ i)))
        i &+= 16
    }
    return clip_sum_ints4(low &+ high)
}

/// The places of those of `count` floats that are at least `least`, in order; returns how many.
func places(_ count: Int, _ x: In, _ least: Float, _ out: UnsafeMutablePointer<Int32>) -> Int {
    let limit = SIMD16<Float>(repeating: least)
    var found = 0, i = 0
    while i &+ 16 <= count {
        var mask = clip_reaching_floats(clip_load_floats(x + i), limit)
        while mask != 0 {
            out[found] = Int32(truncatingIfNeeded: i &+ mask.trailingZeroBitCount)
            found &+= 1
            mask &= mask &- 1
        }
        i &+= 16
    }
    while i < count {
        if x[i] >= least {
            out[found] = Int32(truncatingIfNeeded: i)
            found &+= 1
        }
        i &+= 1
    }
    return found
}

/// The largest of `count` floats, and the first place that has it; `count` is at least 1.
func greatest(_ count: Int, _ x: In) -> (place: Int, value: Float) {
    var most = SIMD16<Float>(repeating: -.infinity), value = -Float.infinity, i = 0
    while i &+ 16 <= count {
        most = clip_most_floats(most, clip_load_floats(x + i))
        i &+= 16
    }
    if i > 0 { value = clip_largest(most) }
    while i < count {
        value = max(value, x[i])
        i &+= 1
    }
    let limit = SIMD16<Float>(repeating: value)
    i = 0
    while i &+ 16 <= count {
        let mask = clip_reaching_floats(clip_load_floats(x + i), limit)
        if mask != 0 { return (i &+ mask.trailingZeroBitCount, value) }
        i &+= 16
    }
    while i < count && x[i] < value { i &+= 1 }
    return (i, value)
}
