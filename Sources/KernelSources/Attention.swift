import KernelInterface

// One head over one sequence. Queries go in blocks of `queryRows`; the scores of a block stay in cache and are never
// stored: forwards keeps one number a row, the log of its sum of exponentials, from which backwards makes the same
// probabilities again (Dao et al. 2022, FlashAttention, section 3.1).

@inline(__always) private var queryRows: Int { 48 }

/// Where the pieces of scratch lie; widths are rounded up so that no tile has an edge.
private struct Scratch {
    let width: Int, keys: Int  // head width rounded up to a vector, tokens to a panel
    var q: Out, k: Out, v: Out, dy: Out  // [tokens, width], contiguous
    var turned: Out, turnedValues: Out  // [panels][width, panelColumns]: Kᵀ and Vᵀ
    var p: Out, dp: Out  // [queryRows, keys]
    var dq: Out, dk: Out, dv: Out  // [queryRows, width], [tokens, width] twice

    static func floats(_ tokens: Int, _ headWidth: Int) -> Int {
        let width = up(headWidth, to: lanes), keys = up(tokens, to: panelColumns)
        return 6 &* tokens &* width &+ 2 &* keys &* width &+ 2 &* queryRows &* keys &+ queryRows &* width
    }

    init(_ h: AttentionHead) {
        width = up(h.headWidth, to: lanes)
        keys = up(h.tokens, to: panelColumns)
        let table = h.tokens &* width
        q = h.scratch
        k = q + table
        v = k + table
        dy = v + table
        dk = dy + table
        dv = dk + table
        turned = dv + table
        turnedValues = turned + keys &* width
        p = turnedValues + keys &* width
        dp = p + queryRows &* keys
        dq = dp + queryRows &* keys
    }
}

@inline(__always) private func up(_ n: Int, to step: Int) -> Int { (n &+ step &- 1) / step &* step }

func attentionScratch(_ tokens: Int, _ headWidth: Int) -> Int { Scratch.floats(tokens, headWidth) }

/// Copies one head's columns into a contiguous table, times `scale`, filled up with zeros.
private func gather(_ h: AttentionHead, _ x: In, _ row: Int, _ scale: Float, _ width: Int, _ out: Out) {
    for t in 0..<h.tokens {
        let source = x + t &* row, target = out + t &* width
        forEachVector(h.headWidth) { i, n in storeSome(loadSome(source + i, n) * fill(scale), target + i, n) }
        for i in h.headWidth..<width { target[i] = 0 }
    }
}

/// Adds a contiguous table, times `scale`, onto one head's columns.
private func scatter(_ rows: Int, _ h: AttentionHead, _ x: In, _ scale: Float, _ width: Int, _ out: Out) {
    for t in 0..<rows { addScaled(h.headWidth, scale, x + t &* width, out + t &* h.row) }
}

/// Scores of a block of queries: `S[rows, keys] = Q·Kᵀ`.
private func scores(_ rows: Int, _ keys: Int, _ width: Int, _ x: In, _ turned: In, _ row: Int, _ out: Out) {
    product(
        ProductBlock(
            m: rows, n: up(keys, to: lanes), k: width, a: x, aRow: width, aColumn: 1,
            aTile: rowsPerTile &* width, b: turned, bPanel: width &* panelColumns, bRow: panelColumns, c: out,
            cRow: row, accumulates: false))
}

/// `C[m, width] (+)= A[m, k] · table[k, width]`, the table read in place.
private func times(
    _ m: Int, _ k: Int, _ a: In, _ aRow: Int, _ aColumn: Int, _ table: In, _ width: Int, _ c: Out, _ accumulates: Bool
) {
    product(
        ProductBlock(
            m: m, n: width, k: k, a: a, aRow: aRow, aColumn: aColumn, aTile: rowsPerTile &* aRow, b: table,
            bPanel: panelColumns, bRow: width, c: c, cRow: width, accumulates: accumulates))
}

/// `y = softmax(q·kᵀ / √headWidth)·v` — Vaswani et al. 2017, eq. 1; causal: a token sees itself and those before it.
func attention(_ h: AttentionHead) {
    let s = Scratch(h)
    gather(h, h.q, h.row, 1 / Float(h.headWidth).squareRoot(), s.width, s.q)
    gather(h, h.k, h.row, 1, s.width, s.k)
    gather(h, h.v, h.row, 1, s.width, s.v)
    packPanels(s.width, h.tokens, In(s.k), 1, s.width, s.turned)
    var first = 0
    while first < h.tokens {
        let rows = min(queryRows, h.tokens &- first), keys = h.isCausal ? first &+ rows : h.tokens
        scores(rows, keys, s.width, In(s.q) + first &* s.width, In(s.turned), s.keys, s.p)
        for r in 0..<rows {
            let row = s.p + r &* s.keys, seen = h.isCausal ? first &+ r &+ 1 : h.tokens
            let top = largest(seen, In(row)), sum = exponentials(seen, In(row), top, row)
            let share = fill(1 / sum)
            forEachVector(seen) { i, n in storeSome(loadSome(In(row) + i, n) * share, row + i, n) }
            for i in seen..<keys { row[i] = 0 }
            h.statistics[(first &+ r) &* h.statisticsRow] = top + logarithm(sum)
        }
        times(rows, keys, In(s.p), s.keys, 1, In(s.v), s.width, s.dq, false)
        for r in 0..<rows {
            let source = In(s.dq) + r &* s.width, target = h.y + (first &+ r) &* h.yRow
            forEachVector(h.headWidth) { i, n in storeSome(loadSome(source + i, n), target + i, n) }
        }
        first &+= rows
    }
}

/// With `D = rowsum(dy ∘ y)`: `dV += Pᵀ·dY`, `dS = P ∘ (dY·Vᵀ − D)`, `dQ += dS·K / √headWidth`, `dK += dSᵀ·Q / √headWidth`.
func attentionGradient(_ h: AttentionHead) {
    let s = Scratch(h), scale = 1 / Float(h.headWidth).squareRoot()
    gather(h, h.q, h.row, scale, s.width, s.q)
    gather(h, h.k, h.row, 1, s.width, s.k)
    gather(h, h.v, h.row, 1, s.width, s.v)
    gather(h, h.dy, h.yRow, 1, s.width, s.dy)
    packPanels(s.width, h.tokens, In(s.k), 1, s.width, s.turned)
    packPanels(s.width, h.tokens, In(s.v), 1, s.width, s.turnedValues)
    var first = 0
    while first < h.tokens {
        let rows = min(queryRows, h.tokens &- first), keys = h.isCausal ? first &+ rows : h.tokens
        let q = In(s.q) + first &* s.width, dy = In(s.dy) + first &* s.width
        scores(rows, keys, s.width, q, In(s.turned), s.keys, s.p)
        scores(rows, keys, s.width, dy, In(s.turnedValues), s.keys, s.dp)
        for r in 0..<rows {
            let t = first &+ r, seen = h.isCausal ? t &+ 1 : h.tokens
            let along = dot(h.headWidth, dy + r &* s.width, In(h.y) + t &* h.yRow)
            backThroughSoftmax(
                seen, keys, h.statistics[t &* h.statisticsRow], along, s.p + r &* s.keys, s.dp + r &* s.keys)
        }
        times(rows, keys, In(s.dp), s.keys, 1, In(s.k), s.width, s.dq, false)
        scatter(rows, h, In(s.dq), scale, s.width, h.dq + first &* h.row)
        let accumulates = first > 0
        if accumulates && h.isCausal { clear(s, from: first, to: keys) }
        times(keys, rows, In(s.dp), 1, s.keys, q, s.width, s.dk, accumulates)
        times(keys, rows, In(s.p), 1, s.keys, dy, s.width, s.dv, accumulates)
        first &+= rows
    }
    scatter(h.tokens, h, In(s.dk), 1, s.width, h.dk)
    scatter(h.tokens, h, In(s.dv), 1, s.width, h.dv)
}

/// Rows of dK and dV that the blocks before did not reach.
private func clear(_ s: Scratch, from first: Int, to end: Int) {
    (s.dk + first &* s.width).update(repeating: 0, count: (end &- first) &* s.width)
    (s.dv + first &* s.width).update(repeating: 0, count: (end &- first) &* s.width)
}

/// Scores become probabilities, and the gradient of the probabilities that of the scores.
private func backThroughSoftmax(_ seen: Int, _ keys: Int, _ logSum: Float, _ along: Float, _ p: Out, _ dp: Out) {
    forEachVector(seen) { i, n in
        let share = exponential(loadSome(In(p) + i, n) - fill(logSum))
        storeSome(share, p + i, n)
        storeSome(share * (loadSome(In(dp) + i, n) - fill(along)), dp + i, n)
    }
    for i in seen..<keys {
        p[i] = 0
        dp[i] = 0
    }
}

private func largest(_ count: Int, _ x: In) -> Float {
    var top = fill(-Float.infinity)
    forEachVector(count) { i, n in top = larger(top, loadSome(x + i, n, rest: -Float.infinity)) }
    return top.max()
}
