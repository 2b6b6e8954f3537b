import KernelInterface

func multiply(_ count: Int, _ a: In, _ b: In, _ out: Out) {
    forEachVector(count) { i, n in storeSome(loadSome(a + i, n) * loadSome(b + i, n), out + i, n) }
}

func addScaled(_ count: Int, _ scale: Float, _ x: In, _ y: Out) {
    forEachVector(count) { i, n in
        storeSome(loadSome(In(y) + i, n).addingProduct(fill(scale), loadSome(x + i, n)), y + i, n)
    }
}

/// `Σ a·b`, in four interleaved sums that are added in a fixed order.
func dot(_ count: Int, _ a: In, _ b: In) -> Float {
    var s0 = Vector.zero, s1 = Vector.zero, s2 = Vector.zero, s3 = Vector.zero
    var i = 0
    while i &+ 4 &* lanes <= count {
        s0.addProduct(load(a + i), load(b + i))
        s1.addProduct(load(a + i + lanes), load(b + i + lanes))
        s2.addProduct(load(a + i + 2 &* lanes), load(b + i + 2 &* lanes))
        s3.addProduct(load(a + i + 3 &* lanes), load(b + i + 3 &* lanes))
        i &+= 4 &* lanes
    }
    forEachVector(count &- i) { j, n in s0.addProduct(loadSome(a + i + j, n), loadSome(b + i + j, n)) }
    return ((s0 + s1) + (s2 + s3)).sum()
}

/// Bias, activation with its derivative, residual: one pass over a piece of a product that is still in cache.
///
/// GELU `u·Φ(u)`, derivative `Φ(u) + u·φ(u)` — Hendrycks and Gimpel 2016, eq. 2; QuickGELU `u·σ(1.702u)` and the
/// approximation with tanh, `u·σ(2·√(2/π)·(u + 0.044715u³))` — its section 2.
func finishLinear(_ f: LinearFinish) {
    // Each activation has a loop of its own: what is chosen for every vector is called, not inlined.
    switch f.activation {
    case 1: finish(f, 1)
    case 2: finish(f, 2)
    case 3: finish(f, 3)
    default: finish(f, 0)
    }
}

/// `forEachVector` written out: a body as large as this one it calls for every vector, which costs MiniLM a twentieth.
@inline(__always) private func finish(_ f: LinearFinish, _ activation: Int) {
    for r in 0..<f.rows {
        let row = r &* f.rowStride
        var i = 0
        while i &+ lanes <= f.columns {
            finishVector(f, activation, row, i, lanes)
            i &+= lanes
        }
        if i < f.columns { finishVector(f, activation, row, i, f.columns &- i) }
    }
}

@inline(__always) private func finishVector(_ f: LinearFinish, _ activation: Int, _ row: Int, _ i: Int, _ n: Int) {
    var u = loadSome(In(f.y) + (row &+ i), n)
    if let bias = f.bias { u += loadSome(bias + i, n) }
    if activation == 1 {
        let share = normalShare(u)
        if let slope = f.slope {
            let density = exponential(fill(-0.5) * u * u) * fill(0.398_942_28)
            storeSome(share.addingProduct(u, density), slope + (row &+ i), n)
        }
        u *= share
    } else if activation == 2 {
        let share = fill(1) / (fill(1) + exponential(u * fill(-1.702)))
        if let slope = f.slope {
            storeSome(share + fill(1.702) * u * share * (fill(1) - share), slope + (row &+ i), n)
        }
        u *= share
    } else if activation == 3 {
        let square = u * u, two = fill(1.595_769_1)  // 2·√(2/π)
        let share = fill(1) / (fill(1) + exponential(-two * u * (fill(1) + fill(0.044_715) * square)))
        if let slope = f.slope {
            let steepness = two * (fill(1) + fill(0.134_145) * square)
            storeSome(share + u * share * (fill(1) - share) * steepness, slope + (row &+ i), n)
        }
        u *= share
    }
    if let residual = f.residual { u += loadSome(residual + (row &+ i), n) }
    storeSome(u, f.y + (row &+ i), n)
}

/// `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `w ← keep·w − stepSize·m / (√v·secondScale + ε)`.
///
/// Loshchilov and Hutter 2019, algorithm 2, with the bias corrections inside `stepSize` and `secondScale`.
func adamW(_ count: Int, _ f: AdamWFactors, _ g: In, _ w: Out, _ m: Out, _ v: Out) {
    forEachVector(count) { i, n in
        let gradient = loadSome(g + i, n) * fill(f.gradientScale)
        let first = (loadSome(In(m) + i, n) * fill(f.beta1)).addingProduct(gradient, fill(1 - f.beta1))
        let second = (loadSome(In(v) + i, n) * fill(f.beta2)).addingProduct(gradient * gradient, fill(1 - f.beta2))
        storeSome(first, m + i, n)
        storeSome(second, v + i, n)
        let step = first * fill(f.stepSize) / (second.squareRoot() * fill(f.secondScale) + fill(f.epsilon))
        storeSome(loadSome(In(w) + i, n) * fill(f.keep) - step, w + i, n)
    }
}
