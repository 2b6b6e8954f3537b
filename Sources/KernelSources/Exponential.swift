import KernelInterface

/// eˣ with a relative error below 2·10⁻⁷ for |x| ≤ 87, and held there beyond.
///
/// x = n·ln 2 + r by adding 1.5·2²³, which leaves n in the low bits; then a polynomial of degree 6 in r (Cephes, expf).
@inline(__always) func exponential(_ x: Vector) -> Vector {
    let x = smaller(larger(x, fill(-87)), fill(87))
    let shifted = fill(12_582_912).addingProduct(x, fill(1.442_695_04))
    let n = shifted - fill(12_582_912)
    let r = x.addingProduct(n, fill(-0.693_359_375)).addingProduct(n, fill(2.121_944_40e-4))
    var p = fill(1.987_569_150_0e-4)
    p = fill(1.398_199_950_7e-3).addingProduct(p, r)
    p = fill(8.333_451_907_3e-3).addingProduct(p, r)
    p = fill(4.166_579_589_4e-2).addingProduct(p, r)
    p = fill(1.666_666_545_9e-1).addingProduct(p, r)
    p = fill(5.000_000_120_1e-1).addingProduct(p, r)
    p = (r + fill(1)).addingProduct(p, r * r)
    let exponent = (unsafeBitCast(shifted, to: Integers.self) &+ Integers(repeating: 127 &- 0x4B40_0000))
    return p * unsafeBitCast(exponent &<< Integers(repeating: 23), to: Vector.self)
}

/// erf(x) with an absolute error below 2·10⁻⁷, and e^(−x²), which it needs on the way.
///
/// Abramowitz and Stegun 1964, formula 7.1.26.
@inline(__always) func errorFunction(_ x: Vector) -> (erf: Vector, gaussian: Vector) {
    let size = larger(x, -x)
    let t = fill(1) / fill(1).addingProduct(fill(0.327_591_1), size)
    var p = fill(1.061_405_429)
    p = fill(-1.453_152_027).addingProduct(p, t)
    p = fill(1.421_413_741).addingProduct(p, t)
    p = fill(-0.284_496_736).addingProduct(p, t)
    p = fill(0.254_829_592).addingProduct(p, t)
    let gaussian = exponential(-(size * size))
    let y = fill(1) - p * t * gaussian
    return (y.replacing(with: -y, where: x .< Vector.zero), gaussian)
}

/// `out = exp(x − shift)`; returns the sum.
func exponentials(_ count: Int, _ x: In, _ shift: Float, _ out: Out) -> Float {
    var sum = Vector.zero
    forEachVector(count) { i, n in
        let e = exponential(loadSome(x + i, n, rest: -1e30) - fill(shift))
        if n == lanes { sum += e } else { for j in 0..<n { sum[j] += e[j] } }
        storeSome(e, out + i, n)
    }
    return sum.sum()
}
