import KernelInterface

/// `y = (x − mean) / √(variance + ε) · gain + bias`, row by row — Ba et al. 2016, eq. 3–4.
///
/// The variance is taken about the mean in a second pass, so that a large mean costs no precision.
func layerNorm(_ b: LayerNormBlock) {
    let share = 1 / Float(b.width)
    for r in 0..<b.rows {
        let x = b.x + r &* b.width, y = b.y + r &* b.width
        var sum = Vector.zero
        forEachVector(b.width) { i, n in sum += loadSome(x + i, n) }
        let mean = sum.sum() * share
        var squares = Vector.zero
        forEachVector(b.width) { i, n in
            let d = loadSome(x + i, n, rest: mean) - fill(mean)
            squares.addProduct(d, d)
        }
        let inverse = 1 / (squares.sum() * share + b.epsilon).squareRoot()
        b.statistics[2 &* r] = mean
        b.statistics[2 &* r &+ 1] = inverse
        forEachVector(b.width) { i, n in
            let unit = (loadSome(x + i, n) - fill(mean)) * fill(inverse)
            storeSome(loadSome(b.bias + i, n).addingProduct(unit, loadSome(b.gain + i, n)), y + i, n)
        }
    }
}

/// With `h` the normalised row and `w = dy ∘ gain`: `dx += (w − mean(w) − h·mean(w∘h)) / deviation`,
/// `dGain += dy ∘ h`, `dBias += dy`.
func layerNormGradient(_ b: LayerNormBlock) {
    let share = 1 / Float(b.width)
    for r in 0..<b.rows {
        let x = b.x + r &* b.width, dy = b.dy + r &* b.width, dx = b.dx + r &* b.width
        let mean = fill(b.statistics[2 &* r]), inverse = fill(b.statistics[2 &* r &+ 1])
        var sum = Vector.zero, along = Vector.zero
        forEachVector(b.width) { i, n in
            let h = (loadSome(x + i, n) - mean) * inverse, d = loadSome(dy + i, n)
            storeSome(loadSome(In(b.dGain) + i, n).addingProduct(d, h), b.dGain + i, n)
            storeSome(loadSome(In(b.dBias) + i, n) + d, b.dBias + i, n)
            let w = d * loadSome(b.gain + i, n)
            sum += w
            along.addProduct(w, h)
        }
        let meanOfW = fill(sum.sum() * share), meanAlong = fill(along.sum() * share)
        forEachVector(b.width) { i, n in
            let h = (loadSome(x + i, n) - mean) * inverse, w = loadSome(dy + i, n) * loadSome(b.gain + i, n)
            storeSome(loadSome(In(dx) + i, n) + inverse * (w - meanOfW - h * meanAlong), dx + i, n)
        }
    }
}
