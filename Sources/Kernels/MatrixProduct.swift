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
    unsafe kernels.multiplyRows(m, n, k, left, slope: nil, right, pointer(&c), accumulates: accumulating)
}

extension KernelSet {
    /// `C (+)= (A ∘ slope)·B`, and what follows it.
    ///
    /// B is packed once and shared, so it should be the smaller side. `slope` is laid out as A.
    func multiplyRows(
        _ m: Int, _ n: Int, _ k: Int, _ a: Strided, slope: In?, _ b: Strided, _ c: Out, accumulates: Bool,
        finish: LinearFinish? = nil
    ) {
        guard m > 0, n > 0 else { return }
        let packed = unsafe ThreadScratch.floats(.shared, packedCount(n, k))
        unsafe pack(n, k, b, into: packed)
        unsafe multiplyRows(m, n, k, a, slope: slope, packed: In(packed), c, accumulates: accumulates, finish: finish)
    }

    /// Floats of `[k, n]` once it is packed.
    func packedCount(_ n: Int, _ k: Int) -> Int { (n + panelWidth - 1) / panelWidth * panelWidth * k }

    /// Lays B `[k, n]` out as products read it.
    func pack(_ n: Int, _ k: Int, _ b: Strided, into packed: Out) {
        let panels = (n + panelWidth - 1) / panelWidth, blocks = (k + innerBlock - 1) / innerBlock
        parallelFor(blocks * panels) { task in
            let block = task / panels, panel = task % panels
            let first = block * innerBlock, depth = min(innerBlock, k - first)
            let source = unsafe b.base + first * b.row + panel * panelWidth * b.column
            let target = unsafe packed + first * panels * panelWidth + panel * depth * panelWidth
            unsafe packPanels(depth, min(panelWidth, n - panel * panelWidth), source, b.row, b.column, target)
        }
    }

    /// The same for a B that is packed.
    ///
    /// A task is a block of rows, or some columns of it where there are few rows. It works through them panel by panel, so
    /// that a piece of C stays in L1 until all of it is done, and is finished there.
    func multiplyRows(
        _ m: Int, _ n: Int, _ k: Int, _ a: Strided, slope: In?, packed: In, _ c: Out, accumulates: Bool,
        finish: LinearFinish? = nil
    ) {
        guard m > 0, n > 0 else { return }
        let panels = (n + panelWidth - 1) / panelWidth, blocks = max(1, (k + innerBlock - 1) / innerBlock)
        // So many rows that their share of A stays in L2 while panel after panel goes by.
        let fitting = min(96, max(4 * tileRows, 65_536 / max(k, 1) / tileRows * tileRows))
        let rowsPerTask = m >= 384 ? fitting : 4 * tileRows, bands = (m + rowsPerTask - 1) / rowsPerTask
        let shares = bands < threadCount ? min(panels, 2 * threadCount) : 1
        parallelFor(bands * shares) { task in
            let first = task / shares * rowsPerTask, rows = min(rowsPerTask, m - first), share = task % shares
            let left = unsafe rowsInPlace(a, slope, first: first, rows: rows, k)
            for panel in panels * share / shares..<panels * (share + 1) / shares {
                let column = panel * panelWidth, columns = min(panelWidth, n - column)
                for block in 0..<blocks {
                    let start = block * innerBlock, depth = min(innerBlock, k - start)
                    unsafe product(
                        ProductBlock(
                            m: rows, n: columns, k: depth, a: left.base + start * left.column, aRow: left.row,
                            aColumn: left.column, aTile: tileRows * left.row,
                            b: packed + (start * panels + panel * depth) * panelWidth, bPanel: depth * panelWidth,
                            bRow: panelWidth, c: c + first * n + column, cRow: n,
                            accumulates: accumulates || block > 0))
                }
                if let finish {
                    finishLinear(finish.part(row: first, rows: rows, column: column, columns: columns))
                }
            }
        }
    }

    /// Rows of A as the tiles can read them: where they are, or gathered (and multiplied by `slope`) in scratch.
    private func rowsInPlace(_ a: Strided, _ slope: In?, first: Int, rows: Int, _ k: Int) -> Strided {
        let source = unsafe Strided(base: a.base + first * a.row, row: a.row, column: a.column)
        guard unsafe (slope != nil || a.column != 1) else { return unsafe source }
        let gathered = unsafe ThreadScratch.floats(.own, rows * k)
        if let slope = unsafe slope {
            for r in 0..<rows {
                unsafe multiply(k, source.base + r * source.row, slope + (first + r) * a.row, gathered + r * k)
            }
        } else {
            for p in 0..<k {
                for r in 0..<rows { unsafe gathered[r * k + p] = source.base[r * source.row + p * source.column] }
            }
        }
        return unsafe Strided(base: In(gathered), row: k, column: 1)
    }

    /// `C[m, n] += (A ∘ slope)ᵀ·B` for A `[k, m]`, B `[k, n]` with a long `k`; adds the columns of `A ∘ slope` to `sums`.
    ///
    /// A stripe of C's rows is one task: it packs its columns of A, and B, block by block.
    func multiplyTransposed(_ m: Int, _ n: Int, _ k: Int, _ a: In, slope: In?, _ b: In, _ c: Out, sums: Out?) {
        let panels = (n + panelWidth - 1) / panelWidth
        let stripes = max(1, min(m / (8 * tileRows), 2 * threadCount))
        let rowsPerStripe = ((m + stripes - 1) / stripes + tileRows - 1) / tileRows * tileRows
        parallelFor((m + rowsPerStripe - 1) / rowsPerStripe) { task in
            let first = task * rowsPerStripe, rows = min(rowsPerStripe, m - first)
            let right = unsafe ThreadScratch.floats(.own, innerBlock * (panels * panelWidth + rowsPerStripe))
            let left = unsafe right + innerBlock * panels * panelWidth
            var start = 0
            while start < k {
                let depth = min(innerBlock, k - start)
                unsafe packPanels(depth, n, b + start * n, n, 1, right)
                let corner = start * m + first
                unsafe packColumns(
                    depth, rows, a + corner, m, slope.map { unsafe $0 + corner }, sums.map { unsafe $0 + first }, left)
                unsafe product(
                    ProductBlock(
                        m: rows, n: n, k: depth, a: In(left), aRow: 1, aColumn: tileRows, aTile: depth * tileRows,
                        b: In(right), bPanel: depth * panelWidth, bRow: panelWidth, c: c + first * n, cRow: n,
                        accumulates: true))
                start += depth
            }
        }
    }
}
