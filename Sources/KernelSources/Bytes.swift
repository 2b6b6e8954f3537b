import CIntrinsics
import KernelInterface

/// Panels whose sums stay in registers together, for six rows.
#if KERNELSAVX512
    @inline(__always) private var panelsPerTile: Int { 4 }
#else
    @inline(__always) private var panelsPerTile: Int { 1 }
#endif

/// Sums of products of bytes that stay in registers while the inner dimension runs by; as `Tile` of floats.
///
/// `signed` is 1 where the vectors' bytes are −127…127, and 0 where they are 0…15.
private struct ByteTile<let rows: Int, let panels: Int, let signed: Int> {
    @inline(__always) private static func add(
        _ sum: SIMD16<Int32>, _ a: SIMD64<Int8>, _ b: SIMD64<Int8>
    ) -> SIMD16<Int32> { signed == 1 ? clip_add_signed_dots(sum, a, b) : clip_add_dots(sum, a, b) }

    /// `out[rows, 64] = Σ bytes · vectors` for panels that are `16 · width` bytes apart.
    @inline(never) static func multiply(
        _ width: Int, _ bytes: BytesIn, _ totals: UnsafePointer<Int32>, _ vectors: BytesIn,
        _ out: UnsafeMutablePointer<Int32>
    ) {
        var sums = InlineArray<24, SIMD16<Int32>>(repeating: .zero)  // 4 a row; those beyond `panels` vanish
        if signed == 1 {
            for r in 0..<rows {
                let first = clip_first_sum(totals[r])
                sums[4 &* r] = first
                if panels > 1 { sums[4 &* r &+ 1] = first }
                if panels > 2 { sums[4 &* r &+ 2] = first }
                if panels > 3 { sums[4 &* r &+ 3] = first }
            }
        }
        let panel = 16 &* width
        var q = bytes, v = vectors
        for _ in 0..<width / 4 {
            let v0 = clip_load_chars(v)
            let v1 = panels > 1 ? clip_load_chars(v + panel) : v0
            let v2 = panels > 2 ? clip_load_chars(v + 2 &* panel) : v0
            let v3 = panels > 3 ? clip_load_chars(v + 3 &* panel) : v0
            for r in 0..<rows {
                let x = clip_spread4(q + r &* width)
                sums[4 &* r] = add(sums[4 &* r], v0, x)
                if panels > 1 { sums[4 &* r &+ 1] = add(sums[4 &* r &+ 1], v1, x) }
                if panels > 2 { sums[4 &* r &+ 2] = add(sums[4 &* r &+ 2], v2, x) }
                if panels > 3 { sums[4 &* r &+ 3] = add(sums[4 &* r &+ 3], v3, x) }
            }
            q += 4
            v += 64
        }
        for r in 0..<rows {
            clip_store_ints(sums[4 &* r], out + 64 &* r)
            if panels > 1 { clip_store_ints(sums[4 &* r &+ 1], out + (64 &* r &+ 16)) }
            if panels > 2 { clip_store_ints(sums[4 &* r &+ 2], out + (64 &* r &+ 32)) }
            if panels > 3 { clip_store_ints(sums[4 &* r &+ 3], out + (64 &* r &+ 48)) }
        }
    }

    static func multiply(
        rows count: Int, _ width: Int, _ bytes: BytesIn, _ totals: UnsafePointer<Int32>, _ vectors: BytesIn,
        _ out: UnsafeMutablePointer<Int32>
    ) {
        switch count {
        case 6: ByteTile<6, panels, signed>.multiply(width, bytes, totals, vectors, out)
        case 5: ByteTile<5, panels, signed>.multiply(width, bytes, totals, vectors, out)
        case 4: ByteTile<4, panels, signed>.multiply(width, bytes, totals, vectors, out)
        case 3: ByteTile<3, panels, signed>.multiply(width, bytes, totals, vectors, out)
        case 2: ByteTile<2, panels, signed>.multiply(width, bytes, totals, vectors, out)
        default: ByteTile<1, panels, signed>.multiply(width, bytes, totals, vectors, out)
        }
    }
}

/// A tile of up to six rows and four panels into `out[rows, 64]`.
private func byteTile<let signed: Int>(
    _ rows: Int, _ panels: Int, _ width: Int, _ bytes: BytesIn, _ totals: UnsafePointer<Int32>, _ vectors: BytesIn,
    _ out: UnsafeMutablePointer<Int32>, _ kind: ByteTile<6, 1, signed>.Type
) {
    #if KERNELSAVX512
        switch panels {
        case 4: ByteTile<6, 4, signed>.multiply(rows: rows, width, bytes, totals, vectors, out)
        case 3: ByteTile<6, 3, signed>.multiply(rows: rows, width, bytes, totals, vectors, out)
        case 2: ByteTile<6, 2, signed>.multiply(rows: rows, width, bytes, totals, vectors, out)
        default: ByteTile<6, 1, signed>.multiply(rows: rows, width, bytes, totals, vectors, out)
        }
    #else
        for p in 0..<panels {
            ByteTile<6, 1, signed>.multiply(
                rows: rows, width, bytes, totals, vectors + p &* 16 &* width, out + 16 &* p)
        }
    #endif
}

/// `out[r, v] = scale[v] · Σ row[r] · vector[v]`: panels outside, so that some of them stay in L1 while all rows go by.
func byteProduct(_ p: ByteProduct) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 6 * 64) { aside in
        guard let sums = aside.baseAddress else { return }
        var panel = 0
        while panel < p.panels {
            let panels = min(4, p.panels &- panel), vectors = p.vectors + panel &* 16 &* p.width
            var row = 0
            while row < p.rows {
                let rows = min(6, p.rows &- row)
                byteTile(
                    rows, panels, p.width, p.bytes + row &* p.width, p.totals + row, vectors, sums,
                    ByteTile<6, 1, 1>.self)
                for r in 0..<rows {
                    let out = p.out + ((row &+ r) &* p.outRow &+ 16 &* panel), scales = p.scales + 16 &* panel
                    for v in 0..<panels {
                        let sum = UnsafeRawPointer(sums + (64 &* r &+ 16 &* v)).loadUnaligned(as: SIMD16<Int32>.self)
                        clip_store_floats(clip_to_floats(sum) * clip_load_floats(scales + 16 &* v), out + 16 &* v)
                    }
                }
                row &+= rows
            }
            panel &+= panels
        }
    }
}

/// `Σ row · vector` of up to six rows of −127…127 with up to four panels of vectors of −128…127: `[6, 64]`.
func signedSums(
    _ rows: Int, _ panels: Int, _ width: Int, _ bytes: BytesIn, _ totals: UnsafePointer<Int32>, _ vectors: BytesIn,
    _ sums: UnsafeMutablePointer<Int32>
) { byteTile(rows, panels, width, bytes, totals, vectors, sums, ByteTile<6, 1, 1>.self) }

/// Sums of codes that are spread out, a number a byte.
func scanSpreadCodes(_ s: CodeScan) {
    byteTile(s.rows, s.blocks, s.width, s.bytes, s.thresholds, s.codes, s.sums, ByteTile<6, 1, 0>.self)
    for r in 0..<s.rows { s.masks[r] = reaching(s.sums + 64 &* r, s.blocks, s.thresholds[r]) }
}

/// Which of `16 · blocks` sums reach a threshold.
@inline(__always) func reaching(_ sums: UnsafeMutablePointer<Int32>, _ blocks: Int, _ threshold: Int32) -> UInt64 {
    let least = SIMD16<Int32>(repeating: threshold)
    var mask: UInt64 = 0
    for v in 0..<blocks {
        let some = UnsafeRawPointer(sums + 16 &* v).loadUnaligned(as: SIMD16<Int32>.self)
        mask |= UInt64(clip_reaching(some, least)) << UInt64(16 &* v)
    }
    return mask
}

/// `Σ a·b` of bytes −127…127; `total` is what those of `b` add up to, and `count` a multiple of sixteen.
func byteDot(_ count: Int, _ a: BytesIn, _ b: BytesIn, _ total: Int32) -> Int32 {
    var sums = SIMD16<Int32>.zero, i = 0
    while i &+ 64 <= count {
        sums = clip_add_signed_dots(sums, clip_load_chars(a + i), clip_load_chars(b + i))
        i &+= 64
    }
    #if KERNELSAVX512
        // There, a + 128 was taken for a; of the rest nothing is.
        var sum = clip_sum_ints(sums), rest: Int32 = 0
        if i < count {
            for j in i..<count { rest &+= Int32(b[j]) }
        }
        sum &-= 128 &* (total &- rest)
    #else
        var sum = clip_sum_ints(sums)
    #endif
    while i < count {
        sum &+= Int32(a[i]) &* Int32(b[i])
        i &+= 1
    }
    return sum
}

/// A row of floats as bytes: `x ≈ scale · byte`, the largest ±127. Returns the scale and what the bytes add up to.
func quantize(_ count: Int, _ x: In, _ bytes: BytesOut) -> (scale: Float, total: Int32) {
    var most = SIMD16<Float>.zero, largest: Float = 0, i = 0
    while i &+ 16 <= count {
        let v = clip_load_floats(x + i)
        most = clip_most_floats(most, clip_most_floats(v, -v))
        i &+= 16
    }
    largest = clip_largest(most)
    while i < count {
        largest = max(largest, abs(x[i]))
        i &+= 1
    }
    if largest < 1e-30 { largest = 0 }  // its reciprocal would be too large
    let factor = largest > 0 ? 127 / largest : 0, factors = SIMD16<Float>(repeating: factor)
    var totals = SIMD16<Int32>.zero, total: Int32 = 0
    i = 0
    while i &+ 16 <= count {
        let nearest = clip_nearest_ints(clip_load_floats(x + i) * factors)
        totals = totals &+ nearest
        clip_store_chars16(nearest, bytes + i)
        i &+= 16
    }
    total = clip_sum_ints(totals)
    while i < count {
        let nearest = Int32((x[i] * factor).rounded(.toNearestOrEven))
        total &+= nearest
        bytes[i] = Int8(truncatingIfNeeded: nearest)
        i &+= 1
    }
    return (largest / 127, total)
}
