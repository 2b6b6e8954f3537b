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

/// Bias, activation, residual: one pass over a piece of a product that is still in cache.
///
/// GELU `u·Φ(u)`, derivative `Φ(u) + u·φ(u)` — Hendrycks and Gimpel 2016, eq. 2; QuickGELU `u·σ(1.702u)` and the
/// approximation with tanh, `u·σ(2·√(2/π)·(u + 0.044715u³))` — its section 2.
func finishLinear(_ f: LinearFinish) {
    // Each activation has a loop of its own, so that nothing is chosen for every vector.
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
    if let sums = f.sums { storeSome(u, sums + (row &+ i), n) }
    if activation != 0 { u *= share(activation, u) }
    if let residual = f.residual { u += loadSome(residual + (row &+ i), n) }
    storeSome(u, f.y + (row &+ i), n)
}

/// `du = dy ∘ activation'(u)` in the place of dy, and `activation(u)` once more.
func activationGradient(_ b: ActivationBlock) {
    switch b.activation {
    case 1: activationGradient(b, 1)
    case 2: activationGradient(b, 2)
    case 3: activationGradient(b, 3)
    default: activationGradient(b, 0)
    }
}

@inline(__always) private func activationGradient(_ b: ActivationBlock, _ activation: Int) {
    for r in 0..<b.rows {
        let row = r &* b.rowStride
        var i = 0
        while i < b.columns {
            let n = min(lanes, b.columns &- i)
            let u = loadSome(b.sums + (row &+ i), n), share = share(activation, u)
            if activation != 0 {
                let gradient = b.gradient + (row &+ i)
                storeSome(loadSome(In(gradient), n) * slope(activation, u, share), gradient, n)
            }
            if let y = b.y { storeSome(u * share, y + (r &* b.outputRowStride &+ i), n) }
            i &+= lanes
        }
    }
}

/// What an activation multiplies `u` by.
@inline(__always) private func share(_ activation: Int, _ u: Vector) -> Vector {
    switch activation {
    case 1: normalShare(u)
    case 2: fill(1) / (fill(1) + exponential(u * fill(-1.702)))
    case 3: fill(1) / (fill(1) + exponential(-twoRoot * u * (fill(1) + fill(0.044_715) * u * u)))
    default: fill(1)
    }
}

/// An activation's derivative at `u`, from its share there.
@inline(__always) private func slope(_ activation: Int, _ u: Vector, _ share: Vector) -> Vector {
    switch activation {
    case 1: share.addingProduct(u, exponential(fill(-0.5) * u * u) * fill(0.398_942_28))
    case 2: share + fill(1.702) * u * share * (fill(1) - share)
    case 3: share + u * share * (fill(1) - share) * twoRoot * (fill(1) + fill(0.134_145) * u * u)
    default: fill(1)
    }
}

/// 2·√(2/π).
@inline(__always) private var twoRoot: Vector { fill(1.595_769_1) }

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
        let step = first * fill(f.stepSize) / (root(second) * fill(f.secondScale) + fill(f.epsilon))
        storeSome(loadSome(In(w) + i, n) * fill(f.keep) - step, w + i, n)
    }
}
