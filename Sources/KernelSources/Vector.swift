import KernelInterface

// The width of a vector, and how many side by side make a panel: the accumulators of a tile fill the registers.
#if KERNELSAVX512
    typealias Vector = SIMD16<Float>
    typealias Integers = SIMD16<Int32>
    @inline(__always) var panelVectors: Int { 4 }
#else
    typealias Vector = SIMD8<Float>
    typealias Integers = SIMD8<Int32>
    @inline(__always) var panelVectors: Int { 2 }
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

@inline(__always) func larger(_ a: Vector, _ b: Vector) -> Vector { a.replacing(with: b, where: a .< b) }
@inline(__always) func smaller(_ a: Vector, _ b: Vector) -> Vector { a.replacing(with: b, where: a .> b) }

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
