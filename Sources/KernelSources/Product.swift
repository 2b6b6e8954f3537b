import KernelInterface

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

/// A tile whose last vector reaches beyond C: computed aside, then copied. It adds up in the order of any other tile.
private func edgeTile(_ rows: Int, _ columns: Int, _ vectors: Int, _ p: ProductBlock, _ a: In, _ b: In, _ c: Out) {
    let row = vectors &* lanes
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rowsPerTile &* panelColumns) { aside in
        guard let out = aside.baseAddress else { return }
        if p.accumulates {
            for r in 0..<rows {
                for j in 0..<row { out[r &* row &+ j] = j < columns ? c[r &* p.cRow &+ j] : 0 }
            }
        }
        anyTile(rows, vectors, p.k, a, p.aRow, p.aColumn, b, p.bRow, out, row, p.accumulates)
        for r in 0..<rows {
            for j in 0..<columns { c[r &* p.cRow &+ j] = out[r &* row &+ j] }
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
                if columns == panelColumns {
                    for v in 0..<panelVectors { store(load(source + v &* lanes), target + v &* lanes) }
                    continue
                }
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

/// Packs columns of `[rows, columns]` in groups of `rowsPerTile`: group `g` holds, row by row, the floats of columns
/// `6g ..< 6g + 6` (the last group filled up with zeros). Adds the columns up into `sums`.
func packColumns(_ rows: Int, _ columns: Int, _ x: In, _ row: Int, _ sums: Out?, _ out: Out) {
    var column = 0
    while column &+ rowsPerTile <= columns {
        packGroup(rows, x + column, row, sums.map { $0 + column }, out + column &* rows)
        column &+= rowsPerTile
    }
    guard column < columns else { return }
    for p in 0..<rows {
        for q in 0..<rowsPerTile {
            let value = column &+ q < columns ? x[p &* row &+ column &+ q] : 0
            out[column &* rows &+ p &* rowsPerTile &+ q] = value
            if let sums, column &+ q < columns { sums[column &+ q] += value }
        }
    }
}

/// Packs six columns, and adds them up on the way.
private func packGroup(_ rows: Int, _ x: In, _ row: Int, _ sums: Out?, _ out: Out) {
    var source = UnsafeRawPointer(x), target = UnsafeMutableRawPointer(out)
    var four = SIMD4<Float>.zero, two = SIMD2<Float>.zero
    for _ in 0..<rows {
        let left = source.loadUnaligned(as: SIMD4<Float>.self)
        let right = source.loadUnaligned(fromByteOffset: 16, as: SIMD2<Float>.self)
        target.storeBytes(of: left, as: SIMD4<Float>.self)
        target.storeBytes(of: right, toByteOffset: 16, as: SIMD2<Float>.self)
        four += left
        two += right
        source += row &* 4
        target += 24
    }
    guard let sums else { return }
    for q in 0..<4 { sums[q] += four[q] }
    for q in 0..<2 { sums[4 &+ q] += two[q] }
}
