import KernelInterface

/// A layer norm before a matrix: where its parameters lie on the tape.
package struct NormPlaces: Sendable {
    package var gain: Range<Int>, bias: Range<Int>
    package var epsilon: Float

    package init(gain: Range<Int>, bias: Range<Int>, epsilon: Float) {
        (self.gain, self.bias, self.epsilon) = (gain, bias, epsilon)
    }
}

/// A matrix `[outputs, inputs]` and its bias: where they lie on the tape, and the matrix packed where it is.
package struct MatrixPlaces: Sendable {
    package var weight: Range<Int>, bias: Range<Int>
    package var packed: PackedMatrix?

    package init(weight: Range<Int>, bias: Range<Int>, packed: PackedMatrix?) {
        (self.weight, self.bias, self.packed) = (weight, bias, packed)
    }
}

extension NormPlaces {
    /// Its parameters, and how many floats each must have.
    func sized(_ width: Int) -> [(Range<Int>, Int)] { [(gain, width), (bias, width)] }
}

extension MatrixPlaces {
    /// The same for a matrix.
    func sized(_ outputs: Int, _ inputs: Int) -> [(Range<Int>, Int)] { [(weight, outputs * inputs), (bias, outputs)] }
}

/// Says which of some tensors has another size than it must, or lies outside the tape.
func check(_ what: StaticString, _ tensors: [(Range<Int>, Int)], on values: Span<Float>) {
    for (range, count) in tensors {
        precondition(
            range.count == count && range.lowerBound >= 0 && range.upperBound <= values.count,
            "\(what): found floats \(range) of \(values.count), expected \(count)")
    }
}

/// Rows as a matrix sees them: through a layer norm, or as they are. Normalised rows are made where they are needed and
/// made again on the way back; they are never kept.
@unsafe struct NormedRows {
    var x: In
    var width: Int
    var gain, bias: In?
    var epsilon: Float

    /// Rows `[_, width]` at `x`, and the parameters of `norm` in `values`.
    init(x: In, width: Int, _ norm: NormPlaces?, in values: In) {
        unsafe (self.x, self.width) = (x, width)
        unsafe (gain, bias) = unsafe (
            norm.map { unsafe values + $0.gain.lowerBound }, norm.map { unsafe values + $0.bias.lowerBound }
        )
        unsafe epsilon = norm?.epsilon ?? 0
    }

    /// Floats of scratch that `rows` rows need.
    func scratch(_ rows: Int) -> Int { unsafe gain == nil ? 0 : rows * (width + 2) }
}

extension KernelSet {
    /// Some rows, normalised into scratch where there is a norm: `[count, width]`, then their statistics.
    func rows(_ first: Int, _ count: Int, of r: NormedRows, scratch: Out) -> Strided {
        guard unsafe r.gain != nil else {
            return unsafe Strided(base: r.x + first * r.width, row: r.width, column: 1)
        }
        unsafe normalize(first, count, of: r, into: scratch, statistics: scratch + count * r.width)
        return unsafe Strided(base: In(scratch), row: r.width, column: 1)
    }

    /// All of `count` rows, normalised on all threads into scratch where there is a norm.
    func allRows(_ count: Int, of r: NormedRows, scratch: Out) -> Strided {
        guard unsafe r.gain != nil else { return unsafe rows(0, count, of: r, scratch: scratch) }
        let perTask = 4 * tileRows, statistics = unsafe scratch + count * r.width
        parallelFor((count + perTask - 1) / perTask) { task in
            let first = task * perTask
            unsafe normalize(
                first, min(perTask, count - first), of: r, into: scratch + first * r.width,
                statistics: statistics + 2 * first)
        }
        return unsafe Strided(base: In(scratch), row: r.width, column: 1)
    }

    /// Some rows behind their norm: y `[count, width]`, statistics `[count, 2]`.
    private func normalize(_ first: Int, _ count: Int, of r: NormedRows, into y: Out, statistics: Out) {
        guard let gain = unsafe r.gain, let bias = unsafe r.bias else { return }
        unsafe layerNorm(
            LayerNormBlock(
                rows: count, width: r.width, epsilon: r.epsilon, x: r.x + first * r.width, gain: gain, bias: bias,
                statistics: statistics, y: y, dy: In(nowhere), dx: nowhere, dGain: nowhere, dBias: nowhere))
    }

    /// `dx += dy·W` for some rows behind the norm that they were seen through, whose own gradients are added to `sums`:
    /// `[2, width]`.
    ///
    /// - Parameters:
    ///   - made: What `rows` made of these rows, statistics behind them.
    ///   - scratch: `[count, width]`.
    func inputGradient(
        _ first: Int, _ count: Int, of r: NormedRows, made: In, _ dy: Strided, _ weight: PackedSide, into dx: Out,
        sums: Out, scratch: Out
    ) {
        let target = unsafe dx + first * r.width, panels = unsafe 0..<panelCount(r.width)
        guard let gain = unsafe r.gain else {
            return unsafe multiply(count, dy, weight, panels: panels, target, accumulates: true) { _, _ in }
        }
        unsafe multiply(count, dy, weight, panels: panels, scratch, accumulates: false) { _, _ in }
        unsafe layerNormGradient(
            LayerNormBlock(
                rows: count, width: r.width, epsilon: r.epsilon, x: r.x + first * r.width, gain: gain, bias: gain,
                statistics: Out(mutating: made) + count * r.width, y: nowhere, dy: In(scratch), dx: target, dGain: sums,
                dBias: sums + r.width))
    }

    /// Adds what tasks summed up for a norm's parameters, in order.
    func add(_ tasks: Int, sums: In, width: Int, to norm: NormPlaces?, in gradients: Out) {
        guard let norm else { return }
        for task in 0..<tasks {
            unsafe addScaled(width, 1, sums + 2 * task * width, gradients + norm.gain.lowerBound)
            unsafe addScaled(width, 1, sums + (2 * task + 1) * width, gradients + norm.bias.lowerBound)
        }
    }
}
