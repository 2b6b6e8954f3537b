import KernelInterface

/// Columns of logits that one task adds up.
private let columnsPerTask = 128

/// What stands for a logit that takes no part.
private let absent: Float = -1e30

extension KernelSet {
    /// The logarithms of the sums of exponentials of square logits `[n, n]`: of each row, then of each column, `[2, n]`.
    /// `ignoring` `[n · n]`, or empty, is true where a logit takes no part.
    package func logSums(_ logits: Span<Float>, n: Int, ignoring: Span<Bool>, into sums: inout MutableSpan<Float>) {
        check("logits", logits.count, is: n * n)
        check("sums of logits", sums.count, is: 2 * n)
        if !ignoring.isEmpty { precondition(ignoring.count == n * n, "\(ignoring.count) marks for \(n) × \(n) logits") }
        let (x, sums) = unsafe (pointer(logits), pointer(&sums))
        unsafe rowLogSums(x, rows: n, columns: n, ignoring, into: sums)
        parallelFor((n + columnsPerTask - 1) / columnsPerTask) { task in
            let columns = task * columnsPerTask..<min((task + 1) * columnsPerTask, n), count = columns.count
            let line = unsafe ThreadScratch.floats(.own, 3 * count), tops = unsafe line + count
            let totals = unsafe tops + count
            unsafe tops.update(repeating: -.infinity, count: count)
            unsafe totals.update(repeating: 0, count: count)
            for r in 0..<n {
                unsafe seen(r, columns, of: x, n, ignoring, into: line)
                for c in 0..<count { unsafe tops[c] = max(tops[c], line[c]) }
            }
            for r in 0..<n {
                unsafe seen(r, columns, of: x, n, ignoring, into: line)
                unsafe addScaled(count, -1, In(tops), line)
                _ = unsafe exponentials(count, line, 0, line)
                unsafe addScaled(count, 1, In(line), totals)
            }
            for c in 0..<count { unsafe sums[n + columns.lowerBound + c] = tops[c] + naturalLogarithm(totals[c]) }
        }
    }

    /// `dx += share · (P + Q − 2·I)`, where P is the softmax of rows and Q that of columns: made again from `logSums`.
    package func contrastiveGradient(
        _ logits: Span<Float>, n: Int, ignoring: Span<Bool>, sums: Span<Float>, share: Float,
        into dx: inout MutableSpan<Float>
    ) {
        check("logits", logits.count, is: n * n)
        check("gradient of logits", dx.count, is: n * n)
        check("sums of logits", sums.count, is: 2 * n)
        let (x, sums, dx) = unsafe (pointer(logits), pointer(sums), pointer(&dx))
        parallelFor(n) { r in
            let line = unsafe ThreadScratch.floats(.own, 2 * n), other = unsafe line + n
            unsafe seen(r, 0..<n, of: x, n, ignoring, into: line)
            unsafe other.update(from: line, count: n)
            _ = unsafe exponentials(n, line, sums[r], line)
            unsafe addScaled(n, -1, sums + n, other)
            _ = unsafe exponentials(n, other, 0, other)
            if !ignoring.isEmpty {
                // An exponential never falls to zero by itself.
                for c in 0..<n where ignoring[r * n + c] {
                    unsafe line[c] = 0
                    unsafe other[c] = 0
                }
            }
            unsafe addScaled(n, share, In(line), dx + r * n)
            unsafe addScaled(n, share, In(other), dx + r * n)
            unsafe dx[r * n + r] -= 2 * share
        }
    }

    /// The logarithm of the sum of exponentials of each row of `x` `[rows, columns]`.
    func rowLogSums(_ x: In, rows: Int, columns: Int, _ ignoring: Span<Bool>, into sums: Out) {
        parallelFor(rows) { r in
            let line = unsafe ThreadScratch.floats(.own, columns)
            unsafe seen(r, 0..<columns, of: x, columns, ignoring, into: line)
            var top = -Float.infinity
            for c in 0..<columns { unsafe top = max(top, line[c]) }
            unsafe sums[r] = top + naturalLogarithm(exponentials(columns, line, top, line))
        }
    }

    /// Some columns of row `r` of `x` `[_, width]`, with what takes no part far below all others.
    func seen(_ r: Int, _ columns: Range<Int>, of x: In, _ width: Int, _ ignoring: Span<Bool>, into line: Out) {
        unsafe line.update(from: x + r * width + columns.lowerBound, count: columns.count)
        guard !ignoring.isEmpty else { return }
        for (i, c) in columns.enumerated() where ignoring[r * width + c] { unsafe line[i] = absent }
    }
}
