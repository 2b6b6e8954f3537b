package import KernelInterface

/// Rows whose sums are taken together before the partial sums are added, in order: it fixes the order of additions.
private let rowsPerSum = 256

extension KernelSet {
    /// `y = (x − mean) / √(variance + ε) · gain + bias`; statistics `[rows, 2]` are kept for the gradient.
    package func layerNorm(
        width: Int, epsilon: Float, _ x: Span<Float>, gain: Span<Float>, bias: Span<Float>,
        into y: inout MutableSpan<Float>, statistics: inout MutableSpan<Float>
    ) {
        let rows = x.count / width
        check("layer norm output", y.count, is: x.count)
        check("layer norm gain", gain.count, is: width)
        check("layer norm bias", bias.count, is: width)
        check("layer norm statistics", statistics.count, is: 2 * rows)
        let (x, y, statistics) = unsafe (pointer(x), pointer(&y), pointer(&statistics))
        let (gain, bias) = unsafe (pointer(gain), pointer(bias))
        parallelFor((rows + rowsPerSum - 1) / rowsPerSum) { task in
            let first = task * rowsPerSum
            unsafe layerNorm(
                LayerNormBlock(
                    rows: min(rowsPerSum, rows - first), width: width, epsilon: epsilon, x: x + first * width,
                    gain: gain, bias: bias, statistics: statistics + 2 * first, y: y + first * width,
                    dy: In(nowhere), dx: nowhere, dGain: nowhere, dBias: nowhere))
        }
    }

    /// `dx += …`, `dGain += …`, `dBias += …`; sums over rows go by fixed blocks, so threads do not change them.
    package func layerNormGradient(
        width: Int, _ x: Span<Float>, gain: Span<Float>, statistics: Span<Float>, _ dy: Span<Float>,
        into dx: inout MutableSpan<Float>, gain dGain: inout MutableSpan<Float>, bias dBias: inout MutableSpan<Float>
    ) {
        let rows = x.count / width, blocks = (rows + rowsPerSum - 1) / rowsPerSum
        check("layer norm output gradient", dy.count, is: x.count)
        check("layer norm input gradient", dx.count, is: x.count)
        check("layer norm gain gradient", dGain.count, is: width)
        check("layer norm bias gradient", dBias.count, is: width)
        let partial = unsafe ThreadScratch.floats(.rows, blocks * 2 * width)
        unsafe partial.update(repeating: 0, count: blocks * 2 * width)
        let (x, dx, dy, gain) = unsafe (pointer(x), pointer(&dx), pointer(dy), pointer(gain))
        let statistics = unsafe Out(mutating: pointer(statistics))
        parallelFor(blocks) { task in
            let first = task * rowsPerSum, sums = unsafe partial + task * 2 * width
            unsafe layerNormGradient(
                LayerNormBlock(
                    rows: min(rowsPerSum, rows - first), width: width, epsilon: 0, x: x + first * width, gain: gain,
                    bias: gain, statistics: statistics + 2 * first, y: nowhere, dy: dy + first * width,
                    dx: dx + first * width, dGain: sums, dBias: sums + width))
        }
        for block in 0..<blocks {
            unsafe addScaled(width, 1, In(partial) + block * 2 * width, pointer(&dGain))
            unsafe addScaled(width, 1, In(partial) + (block * 2 + 1) * width, pointer(&dBias))
        }
    }
}
