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
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns &+ lanes &+ rowsPerTile) { aside in
        guard let line = aside.baseAddress else { return }
        for i in 0..<lanes &+ rowsPerTile { line[columns &+ i] = 0 }
        for p in 0..<rows {
            var source = x + p &* row
            if columns % rowsPerTile != 0 {
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
