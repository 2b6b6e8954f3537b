import KernelInterface

/// `C[rows, vectors · lanes] (+)= A · B` with all of C in registers.
///
/// `rows` and `vectors` are literals where this is called, so that every loop over them unrolls and the accumulators
/// never see memory (engine measurements: a variable count costs a factor of four).
@inline(__always)
private func tile(
    _ rows: Int, _ vectors: Int, _ k: Int, _ a: In, _ aRow: Int, _ aColumn: Int, _ b: In, _ bRow: Int, _ c: Out,
    _ cRow: Int, _ accumulates: Bool
) {
    var sums = InlineArray<24, Vector>(repeating: .zero)
    if accumulates {
        for r in 0..<rows {
            for j in 0..<vectors { sums[vectors &* r &+ j] = load(In(c) + (r &* cRow &+ lanes &* j)) }
        }
    }
    var a = a, b = b
    for _ in 0..<k {
        var columns = InlineArray<4, Vector>(repeating: .zero)
        for j in 0..<vectors { columns[j] = load(b + lanes &* j) }
        for r in 0..<rows {
            let x = fill(a[r &* aRow])
            for j in 0..<vectors { sums[vectors &* r &+ j].addProduct(x, columns[j]) }
        }
        a += aColumn
        b += bRow
    }
    for r in 0..<rows {
        for j in 0..<vectors { store(sums[vectors &* r &+ j], c + (r &* cRow &+ lanes &* j)) }
    }
}

@inline(__always)
private func tileOfRows(
    _ rows: Int, _ vectors: Int, _ k: Int, _ a: In, _ aRow: Int, _ aColumn: Int, _ b: In, _ bRow: Int, _ c: Out,
    _ cRow: Int, _ accumulates: Bool
) {
    switch rows {
    case 6: tile(6, vectors, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
    case 5: tile(5, vectors, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
    case 4: tile(4, vectors, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
    case 3: tile(3, vectors, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
    case 2: tile(2, vectors, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
    default: tile(1, vectors, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
    }
}

/// One tile of any size up to `rowsPerTile` × `panelVectors`, chosen among the unrolled ones.
@inline(never)
private func anyTile(
    _ rows: Int, _ vectors: Int, _ k: Int, _ a: In, _ aRow: Int, _ aColumn: Int, _ b: In, _ bRow: Int, _ c: Out,
    _ cRow: Int, _ accumulates: Bool
) {
    switch vectors {
    case 1: tileOfRows(rows, 1, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
    #if KERNELSAVX512
        case 3: tileOfRows(rows, 3, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
        case 4: tileOfRows(rows, 4, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
    #endif
    default: tileOfRows(rows, 2, k, a, aRow, aColumn, b, bRow, c, cRow, accumulates)
    }
}

/// `C (+)= A·B`, panel by panel. The panels of B must be readable to a whole vector; C is written exactly.
func product(_ p: ProductBlock) {
    var column = 0, panel = p.b
    while column < p.n {
        let columns = min(panelColumns, p.n &- column), vectors = (columns &+ lanes &- 1) / lanes
        var row = 0, a = p.a
        while row < p.m {
            let rows = min(rowsPerTile, p.m &- row), c = p.c + (row &* p.cRow &+ column)
            if columns == vectors &* lanes {
                anyTile(rows, vectors, p.k, a, p.aRow, p.aColumn, panel, p.bRow, c, p.cRow, p.accumulates)
            } else {
                edgeTile(rows, columns, vectors, p, a, panel, c)
            }
            row &+= rows
            a += p.aTile
        }
        column &+= panelColumns
        panel += p.bPanel
    }
}

/// A tile whose last vector reaches beyond C: computed aside, then copied.
private func edgeTile(_ rows: Int, _ columns: Int, _ vectors: Int, _ p: ProductBlock, _ a: In, _ b: In, _ c: Out) {
    let row = vectors &* lanes
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rowsPerTile &* panelColumns) { aside in
        guard let out = aside.baseAddress else { return }
        anyTile(rows, vectors, p.k, a, p.aRow, p.aColumn, b, p.bRow, out, row, false)
        for r in 0..<rows {
            for j in 0..<columns {
                let x = out[r &* row &+ j], i = r &* p.cRow &+ j
                c[i] = p.accumulates ? c[i] + x : x
            }
        }
    }
}

/// Packs `[k, n]` into panels of `panelColumns` columns, row by row; the last panel is filled up with zeros.
func packPanels(_ k: Int, _ n: Int, _ b: In, _ row: Int, _ column: Int, _ out: Out) {
    var first = 0, out = out
    while first < n {
        let columns = min(panelColumns, n &- first)
        if column == 1 {
            for p in 0..<k {
                let source = b + (p &* row &+ first), target = out + p &* panelColumns
                target.update(from: source, count: columns)
                for j in columns..<panelColumns { target[j] = 0 }
            }
        } else {
            for j in 0..<panelColumns {
                let source = b + (first &+ j) &* column
                var target = out + j
                for p in 0..<k {
                    target.pointee = j < columns ? source[p &* row] : 0
                    target += panelColumns
                }
            }
        }
        first &+= panelColumns
        out += k &* panelColumns
    }
}

/// Packs columns of `[rows, columns]`, times `slope` where given, in groups of `rowsPerTile`: group `g` holds, row by
/// row, the floats of columns `6g ..< 6g + 6` (the last group filled up with zeros). Adds the columns up into `sums`.
func packColumns(_ rows: Int, _ columns: Int, _ x: In, _ row: Int, _ slope: In?, _ sums: Out?, _ out: Out) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns &+ lanes &+ rowsPerTile) { aside in
        guard let line = aside.baseAddress else { return }
        for i in 0..<lanes &+ rowsPerTile { line[columns &+ i] = 0 }
        for p in 0..<rows {
            var source = x + p &* row
            if let slope {
                multiply(columns, source, slope + p &* row, line)
                source = In(line)
            } else if columns % rowsPerTile != 0 {
                line.update(from: source, count: columns)
                source = In(line)
            }
            if let sums { addScaled(columns, 1, source, sums) }
            var target = out + p &* rowsPerTile, column = 0
            while column < columns {
                for q in 0..<6 { target[q] = source[q] }
                target += rows &* rowsPerTile
                source += rowsPerTile
                column &+= rowsPerTile
            }
        }
    }
}
