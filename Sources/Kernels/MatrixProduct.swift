import KernelInterface

/// A matrix of floats with any strides: `(i, j)` lies at `base + i · row + j · column`.
@unsafe struct Strided {
    var base: In
    var row: Int
    var column: Int
}

/// The inner dimension is worked through in pieces of this length, whatever the threads: a panel of the right side then
/// stays in L1. It fixes the order of additions.
private let innerBlock = 256

/// `C[m, n] (+)= op(A)·op(B)`, row-major; `op` transposes where asked.
///
/// - Parameters:
///   - a: `[m, k]`, or `[k, m]` where transposed.
///   - b: `[k, n]`, or `[n, k]` where transposed.
///   - c: `[m, n]`.
public func matrixProduct(
    _ a: Span<Float>, _ b: Span<Float>, transposingLeft: Bool = false, transposingRight: Bool = false, rows m: Int,
    columns n: Int, inner k: Int, into c: inout MutableSpan<Float>, accumulating: Bool = false
) {
    check("left side", a.count, is: m * k)
    check("right side", b.count, is: k * n)
    check("product", c.count, is: m * n)
    let left = unsafe Strided(base: pointer(a), row: transposingLeft ? 1 : k, column: transposingLeft ? m : 1)
    let right = unsafe Strided(base: pointer(b), row: transposingRight ? 1 : n, column: transposingRight ? k : 1)
    unsafe kernels.multiplyRows(m, n, k, left, right, pointer(&c), accumulates: accumulating)
}

/// B `[k, n]` laid out as products read it.
@unsafe struct PackedSide {
    var floats: In
    var n: Int
    var k: Int
}

extension KernelSet {
    /// `C (+)= A·B`, and what follows it.
    ///
    /// B is packed once and shared, so it should be the smaller side.
    func multiplyRows(
        _ m: Int, _ n: Int, _ k: Int, _ a: Strided, _ b: Strided, _ c: Out, accumulates: Bool,
        finish: LinearFinish? = nil
    ) {
        guard m > 0, n > 0 else { return }
        let packed = unsafe ThreadScratch.floats(.packed, packedCount(n, k))
        unsafe pack(n, k, b, into: packed)
        unsafe multiplyRows(
            m, a, PackedSide(floats: In(packed), n: n, k: k), c, accumulates: accumulates, finish: finish)
    }

    /// How many panels `n` columns make.
    func panelCount(_ n: Int) -> Int { (n + panelWidth - 1) / panelWidth }

    /// Floats of `[k, n]` once it is packed.
    func packedCount(_ n: Int, _ k: Int) -> Int { panelCount(n) * panelWidth * k }

    /// Lays B `[k, n]` out as products read it.
    func pack(_ n: Int, _ k: Int, _ b: Strided, into packed: Out) {
        let panels = panelCount(n), blocks = (k + innerBlock - 1) / innerBlock
        parallelFor(blocks * panels) { task in
            let block = task / panels, panel = task % panels
            let first = block * innerBlock, depth = min(innerBlock, k - first)
            let source = unsafe b.base + first * b.row + panel * panelWidth * b.column
            let target = unsafe packed + first * panels * panelWidth + panel * depth * panelWidth
            unsafe packPanels(depth, min(panelWidth, n - panel * panelWidth), source, b.row, b.column, target)
        }
    }

    /// So many of `m` rows are one task that what a thread has of them stays in L2 while panel after panel goes by;
    /// `widest` is the longest of their rows.
    func rowsPerTask(_ m: Int, widest: Int) -> Int {
        let fitting = min(96, max(4 * tileRows, 131_072 / max(widest, 1) / tileRows * tileRows))
        let bands = max(1, (m + fitting - 1) / fitting), rows = (m + bands - 1) / bands
        return max(tileRows, (rows + tileRows - 1) / tileRows * tileRows)
    }

    /// So many tasks that threads end at about the same time though one of them may be busy elsewhere.
    var enoughTasks: Int { threadCount == 1 ? 1 : 4 * threadCount }

    /// The same for a B that is packed. A task is a block of rows, or some columns of it where there are few rows.
    func multiplyRows(
        _ m: Int, _ a: Strided, _ b: PackedSide, _ c: Out, accumulates: Bool, finish: LinearFinish? = nil
    ) {
        guard unsafe m > 0 && b.n > 0 else { return }
        let n = unsafe b.n, panels = panelCount(n)
        let rowsPerTask = unsafe rowsPerTask(m, widest: b.k), bands = (m + rowsPerTask - 1) / rowsPerTask
        let shares = min(panels, max(1, (enoughTasks + bands - 1) / bands))
        parallelFor(bands * shares) { task in
            let first = task / shares * rowsPerTask, rows = min(rowsPerTask, m - first), share = task % shares
            let left = unsafe rowsInPlace(a, first: first, rows: rows, b.k)
            unsafe multiply(
                rows, left, b, panels: panels * share / shares..<panels * (share + 1) / shares, c + first * n,
                accumulates: accumulates
            ) { column, columns in
                guard let finish else { return }
                finishLinear(finish.part(row: first, rows: rows, column: column, columns: columns))
            }
        }
    }

    /// Some panels of `C (+)= A·B`, rows of C beside each other, by the thread that calls. A piece of C stays in L1 until
    /// all of it is done, and is finished there: `finish(column, columns)`.
    func multiply(
        _ rows: Int, _ a: Strided, _ b: PackedSide, panels: Range<Int>, _ c: Out, accumulates: Bool,
        finish: (Int, Int) -> Void
    ) {
        let (n, k) = unsafe (b.n, b.k), all = panelCount(n), blocks = max(1, (k + innerBlock - 1) / innerBlock)
        for panel in panels {
            let column = panel * panelWidth, columns = min(panelWidth, n - column)
            for block in 0..<blocks {
                let start = block * innerBlock, depth = min(innerBlock, k - start)
                unsafe product(
                    ProductBlock(
                        m: rows, n: columns, k: depth, a: a.base + start * a.column, aRow: a.row, aColumn: a.column,
                        aTile: tileRows * a.row, b: b.floats + (start * all + panel * depth) * panelWidth,
                        bPanel: depth * panelWidth, bRow: panelWidth, c: c + column, cRow: n,
                        accumulates: accumulates || block > 0))
            }
            finish(column, columns)
        }
    }

    /// Rows of A as the tiles can read them: where they are, or gathered in scratch.
    private func rowsInPlace(_ a: Strided, first: Int, rows: Int, _ k: Int) -> Strided {
        let source = unsafe Strided(base: a.base + first * a.row, row: a.row, column: a.column)
        guard unsafe a.column != 1 else { return unsafe source }
        let gathered = unsafe ThreadScratch.floats(.own, rows * k)
        for p in 0..<k {
            for r in 0..<rows { unsafe gathered[r * k + p] = source.base[r * source.row + p * source.column] }
        }
        return unsafe Strided(base: In(gathered), row: k, column: 1)
    }

    /// Lays some rows of a long right side `[k, n]` out for `multiplyTransposed`: panel after panel, each `k` rows long.
    /// `first` is where these `count` rows stand among the `k`.
    func packRows(_ first: Int, _ count: Int, _ n: Int, _ b: In, of k: Int, into packed: Out) {
        for panel in 0..<panelCount(n) {
            let column = panel * panelWidth
            unsafe packPanels(
                count, min(panelWidth, n - column), b + column, n, 1, packed + (panel * k + first) * panelWidth)
        }
    }

    /// `C[m, n] += Aᵀ·B` for A `[k, m]` and B `[k, n]`, packed by `packRows`; adds the columns of A to `sums`.
    ///
    /// A stripe of C's rows is one task, and packs its columns of A.
    func multiplyTransposed(_ m: Int, _ n: Int, _ k: Int, _ a: In, packed b: In, _ c: Out, sums: Out?) {
        let stripes = max(1, min(m / (8 * tileRows), 4 * threadCount))
        let rowsPerStripe = ((m + stripes - 1) / stripes + tileRows - 1) / tileRows * tileRows
        parallelFor((m + rowsPerStripe - 1) / rowsPerStripe) { task in
            let first = task * rowsPerStripe, rows = min(rowsPerStripe, m - first)
            let left = unsafe ThreadScratch.floats(.own, innerBlock * rowsPerStripe)
            for start in stride(from: 0, to: k, by: innerBlock) {
                let depth = min(innerBlock, k - start)
                unsafe packColumns(depth, rows, a + start * m + first, m, sums.map { unsafe $0 + first }, left)
                unsafe product(
                    ProductBlock(
                        m: rows, n: n, k: depth, a: In(left), aRow: 1, aColumn: tileRows, aTile: depth * tileRows,
                        b: b + start * panelWidth, bPanel: k * panelWidth, bRow: panelWidth, c: c + first * n, cRow: n,
                        accumulates: true))
            }
        }
    }

    /// The same for a B as it is, some rows at a time.
    func multiplyTransposed(_ m: Int, _ n: Int, _ k: Int, _ a: In, _ b: In, _ c: Out, sums: Out?) {
        for start in stride(from: 0, to: k, by: rowsPerChunk) {
            let count = min(rowsPerChunk, k - start), blocks = (count + innerBlock - 1) / innerBlock
            let packed = unsafe ThreadScratch.floats(.rows, packedCount(n, count))
            parallelFor(blocks) { block in
                let first = block * innerBlock, own = min(innerBlock, count - first)
                unsafe packRows(first, own, n, b + (start + first) * n, of: count, into: packed)
            }
            unsafe multiplyTransposed(m, n, count, a + start * m, packed: In(packed), c, sums: sums)
        }
    }
}
