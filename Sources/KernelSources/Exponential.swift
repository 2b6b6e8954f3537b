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

/// Φ(x), the share of a normal distribution below x, with an absolute error below 2·10⁻⁷.
///
/// ½ + x·P(x²)/Q(x²) for |x| ≤ 5.6, beyond which it is set to 0 or 1; both polynomials of degree 5, fitted for the
/// least greatest error (1.4·10⁻⁸ before rounding).
@inline(__always) func normalShare(_ x: Vector) -> Vector {
    let x = smaller(larger(x, fill(-5.6)), fill(5.6))
    let z = x * x
    var p = fill(2.264_596_0e-8)
    p = fill(6.249_747_5e-6).addingProduct(p, z)
    p = fill(1.636_760_4e-4).addingProduct(p, z)
    p = fill(4.644_243_0e-3).addingProduct(p, z)
    p = fill(3.341_839_1e-2).addingProduct(p, z)
    p = fill(3.989_422_6e-1).addingProduct(p, z)
    var q = fill(1.187_047_0e-6)
    q = fill(7.165_823_0e-5).addingProduct(q, z)
    q = fill(1.855_158_0e-3).addingProduct(q, z)
    q = fill(2.838_100_5e-2).addingProduct(q, z)
    q = fill(2.504_338_6e-1).addingProduct(q, z)
    q = fill(1).addingProduct(q, z)
    return smaller(larger(fill(0.5).addingProduct(x, p / q), .zero), fill(1))
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
