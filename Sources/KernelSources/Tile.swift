import CIntrinsics
import KernelInterface

// The vector, and the tile of vectors that a product keeps in registers. They share a file because a debug build inlines
// only within one: the tile's loop must not call its loads.

// The width of a vector, and how many side by side make a panel: the accumulators of a tile fill the registers.
#if KERNELSAVX512
    typealias Vector = SIMD16<Float>
    typealias Integers = SIMD16<Int32>
    @inline(__always) var panelVectors: Int { 4 }
    @inline(__always) func larger(_ a: Vector, _ b: Vector) -> Vector { clip_larger16(a, b) }
    @inline(__always) func smaller(_ a: Vector, _ b: Vector) -> Vector { clip_smaller16(a, b) }
    @inline(__always) func root(_ a: Vector) -> Vector { clip_root16(a) }
#else
    typealias Vector = SIMD8<Float>
    typealias Integers = SIMD8<Int32>
    @inline(__always) var panelVectors: Int { 2 }
    @inline(__always) func larger(_ a: Vector, _ b: Vector) -> Vector { clip_larger8(a, b) }
    @inline(__always) func smaller(_ a: Vector, _ b: Vector) -> Vector { clip_smaller8(a, b) }
    @inline(__always) func root(_ a: Vector) -> Vector { clip_root8(a) }
#endif

@inline(__always) var lanes: Int { Vector.scalarCount }
@inline(__always) var panelColumns: Int { panelVectors * Vector.scalarCount }
@inline(__always) var rowsPerTile: Int { 6 }

@inline(__always) func load(_ p: In) -> Vector { UnsafeRawPointer(p).loadUnaligned(as: Vector.self) }
@inline(__always) func store(_ v: Vector, _ p: Out) { UnsafeMutableRawPointer(p).storeBytes(of: v, as: Vector.self) }
@inline(__always) func fill(_ x: Float) -> Vector { Vector(repeating: x) }

/// The first `count` floats at `p`, and `rest` in the other lanes.
@inline(__always) func load(_ p: In, _ count: Int, rest: Float = 0) -> Vector {
    var v = fill(rest)
    for i in 0..<count { v[i] = p[i] }
    return v
}

@inline(__always) func store(_ v: Vector, _ p: Out, _ count: Int) {
    for i in 0..<count { p[i] = v[i] }
}

/// Runs `body` over `count` floats, a vector at a time: (offset, floats in this vector).
@inline(__always) func forEachVector(_ count: Int, _ body: (Int, Int) -> Void) {
    var i = 0
    while i &+ lanes <= count {
        body(i, lanes)
        i &+= lanes
    }
    if i < count { body(i, count &- i) }
}

@inline(__always) func loadSome(_ p: In, _ count: Int, rest: Float = 0) -> Vector {
    count == lanes ? load(p) : load(p, count, rest: rest)
}

@inline(__always) func storeSome(_ v: Vector, _ p: Out, _ count: Int) {
    if count == lanes { store(v, p) } else { store(v, p, count) }
}

/// A piece of C that stays in registers while the inner dimension runs by.
///
/// Its size is part of the type, so that each size is compiled by itself with every loop over rows unrolled. A size that
/// is a variable, or a loop over the vectors of a row, leaves the accumulators in memory (measured: 2 GFLOP/s of 30).
private enum Tile<let rows: Int, let vectors: Int> {
    /// `C[rows, vectors · lanes] (+)= A · B`.
    @inline(never)
    static func multiply(
        _ k: Int, _ a: In, _ aRow: Int, _ aColumn: Int, _ b: In, _ bRow: Int, _ c: Out, _ cRow: Int, _ accumulates: Bool
    ) {
        var sums = InlineArray<24, Vector>(repeating: .zero)  // 4 a row; those beyond `vectors` vanish
        if accumulates {
            for r in 0..<rows {
                let c = In(c) + r &* cRow
                sums[4 &* r] = load(c)
                if vectors > 1 { sums[4 &* r &+ 1] = load(c + lanes) }
                if vectors > 2 { sums[4 &* r &+ 2] = load(c + 2 &* lanes) }
                if vectors > 3 { sums[4 &* r &+ 3] = load(c + 3 &* lanes) }
            }
        }
        var a = a, b = b
        for _ in 0..<k {
            let b0 = load(b)
            let b1 = vectors > 1 ? load(b + lanes) : b0
            let b2 = vectors > 2 ? load(b + 2 &* lanes) : b0
            let b3 = vectors > 3 ? load(b + 3 &* lanes) : b0
            for r in 0..<rows {
                let x = fill(a[r &* aRow])
                sums[4 &* r].addProduct(x, b0)
                if vectors > 1 { sums[4 &* r &+ 1].addProduct(x, b1) }
                if vectors > 2 { sums[4 &* r &+ 2].addProduct(x, b2) }
                if vectors > 3 { sums[4 &* r &+ 3].addProduct(x, b3) }
            }
            a += aColumn
            b += bRow
        }
        for r in 0..<rows {
            let c = c + r &* cRow
            store(sums[4 &* r], c)
            if vectors > 1 { store(sums[4 &* r &+ 1], c + lanes) }
            if vectors > 2 { store(sums[4 &* r &+ 2], c + 2 &* lanes) }
            if vectors > 3 { store(sums[4 &* r &+ 3], c + 3 &* lanes) }
        }
    }

    /// The same with up to `rows` rows.
    static func multiply(
        rows count: Int, _ k: Int, _ a: In, _ aRow: Int, _ aColumn: Int, _ b: In, _ bRow: Int, _ c: Out, _ cRow: Int,
        _ accumulates: Bool
    ) {
        switch count {
        case 6: Tile<6, vectors>.multiply(k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
        case 5: Tile<5, vectors>.multiply(k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
        case 4: Tile<4, vectors>.multiply(k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
        case 3: Tile<3, vectors>.multiply(k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
        case 2: Tile<2, vectors>.multiply(k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
        default: Tile<1, vectors>.multiply(k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
        }
    }
}

/// One tile of any size up to `rowsPerTile` × `panelVectors`.
func anyTile(
    _ rows: Int, _ vectors: Int, _ k: Int, _ a: In, _ aRow: Int, _ aColumn: Int, _ b: In, _ bRow: Int, _ c: Out,
    _ cRow: Int, _ accumulates: Bool
) {
    switch vectors {
    case 1: Tile<6, 1>.multiply(rows: rows, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
    #if KERNELSAVX512
        case 3: Tile<6, 3>.multiply(rows: rows, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
        case 4: Tile<6, 4>.multiply(rows: rows, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
    #endif
    default: Tile<6, 2>.multiply(rows: rows, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
    }
}
