import KernelInterface

extension KernelSet {
    /// The logarithm of the sum of exponentials of each row of logits `[rows, columns]`: `[rows]`. `ignoring`
    /// `[rows · columns]`, or empty, is true where a logit takes no part.
    package func logSumsOfRows(
        _ logits: Span<Float>, columns: Int, ignoring: Span<Bool>, into sums: inout MutableSpan<Float>
    ) {
        let rows = sums.count
        check("logits", logits.count, is: rows * columns)
        if !ignoring.isEmpty { check("marks of logits", ignoring.count, is: rows * columns) }
        unsafe rowLogSums(pointer(logits), rows: rows, columns: columns, ignoring, into: pointer(&sums))
    }

    /// `dx += share · (P − T)`, where P is the softmax of rows, made again from `logSumsOfRows`, and T is 1 at each row's
    /// target.
    package func crossEntropyGradient(
        _ logits: Span<Float>, targets: Span<Int32>, ignoring: Span<Bool>, sums: Span<Float>, share: Float,
        into dx: inout MutableSpan<Float>
    ) {
        let rows = targets.count, columns = logits.count / max(rows, 1)
        check("logits", logits.count, is: rows * columns)
        check("gradient of logits", dx.count, is: rows * columns)
        check("sums of logits", sums.count, is: rows)
        let (x, sums, dx) = unsafe (pointer(logits), pointer(sums), pointer(&dx))
        parallelFor(rows) { r in
            let line = unsafe ThreadScratch.floats(.own, columns)
            unsafe seen(r, 0..<columns, of: x, columns, ignoring, into: line)
            _ = unsafe exponentials(columns, line, sums[r], line)
            if !ignoring.isEmpty {
                // An exponential never falls to zero by itself.
                for c in 0..<columns where ignoring[r * columns + c] { unsafe line[c] = 0 }
            }
            unsafe addScaled(columns, share, In(line), dx + r * columns)
            unsafe dx[r * columns + Int(targets[r])] -= share
        }
    }
}
