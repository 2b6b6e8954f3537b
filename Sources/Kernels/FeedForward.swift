import KernelInterface

/// The hidden layer of a transformer's block: sizes, and where the tensors lie on the tape.
package struct FeedForwardPlaces: Sendable {
    package var rows: Int, width: Int, hidden: Int
    package var x: Range<Int>
    /// What rows are seen through.
    package var norm: NormPlaces?
    /// `[hidden, width]` and `[width, hidden]`.
    package var first: MatrixPlaces, second: MatrixPlaces
    package var activation: Activation
    /// Whether x is added to the result.
    package var addsInput: Bool

    package init(
        rows: Int, width: Int, hidden: Int, x: Range<Int>, norm: NormPlaces?, first: MatrixPlaces, second: MatrixPlaces,
        activation: Activation, addsInput: Bool
    ) {
        (self.rows, self.width, self.hidden) = (rows, width, hidden)
        (self.x, self.norm, self.first, self.second) = (x, norm, first, second)
        (self.activation, self.addsInput) = (activation, addsInput)
    }

    fileprivate func check(_ values: Span<Float>) {
        Kernels.check(
            "hidden layer",
            [(x, rows * width)] + first.sized(hidden, width) + second.sized(width, hidden) + (norm?.sized(width) ?? []),
            on: values)
    }
}

extension KernelSet {
    /// `y = [x +] activation(norm(x)·W₁ᵀ + b₁)·W₂ᵀ + b₂`: x and y `[rows, width]`.
    ///
    /// Some rows go through all of it while they stay in L2. `sums` `[rows, hidden]`, or empty, takes what the activation
    /// is applied to; its output is never kept.
    package func feedForward(
        _ p: FeedForwardPlaces, _ values: Span<Float>, into y: inout MutableSpan<Float>,
        sums: inout MutableSpan<Float>
    ) {
        p.check(values)
        check("hidden layer's output", y.count, is: p.rows * p.width)
        if !sums.isEmpty { check("hidden layer's sums", sums.count, is: p.rows * p.hidden) }
        let (base, y) = unsafe (pointer(values), pointer(&y)), sums = unsafe sums.isEmpty ? nil : pointer(&sums)
        let (width, hidden) = (p.width, p.hidden), seen = unsafe rows(of: p, in: base)
        func hiddenFinish(_ out: Out, row: Int) -> LinearFinish {
            unsafe LinearFinish(
                activation: p.activation.rawValue, rowStride: hidden, y: out, bias: base + p.first.bias.lowerBound,
                sums: sums.map { unsafe $0 + row * hidden }, residual: nil)
        }
        let finish = unsafe LinearFinish(
            activation: 0, rowStride: width, y: y, bias: base + p.second.bias.lowerBound, sums: nil,
            residual: p.addsInput ? seen.x : nil)
        let perTask = rowsPerTask(p.rows, widest: max(width, hidden)), tasks = (p.rows + perTask - 1) / perTask
        guard tasks >= enoughTasks else {
            // Few rows: threads share the columns of one product after the other.
            let h = unsafe ThreadScratch.floats(.rows, p.rows * hidden + seen.scratch(p.rows))
            let left = unsafe allRows(p.rows, of: seen, scratch: h + p.rows * hidden)
            unsafe withPacked(weight: base + p.first.weight.lowerBound, hidden, width, p.first.packed) { first in
                unsafe multiplyRows(p.rows, left, first, h, accumulates: false, finish: hiddenFinish(h, row: 0))
            }
            unsafe withPacked(weight: base + p.second.weight.lowerBound, width, hidden, p.second.packed) { second in
                let left = unsafe Strided(base: In(h), row: hidden, column: 1)
                unsafe multiplyRows(p.rows, left, second, y, accumulates: false, finish: finish)
            }
            return
        }
        unsafe withBothPacked(p, base) { first, second in
            parallelFor(tasks) { task in
                let row = task * perTask, count = min(perTask, p.rows - row)
                let h = unsafe ThreadScratch.floats(.own, count * hidden + seen.scratch(count))
                let left = unsafe rows(row, count, of: seen, scratch: h + count * hidden)
                let inner = unsafe hiddenFinish(h, row: row)
                unsafe multiply(count, left, first, panels: 0..<panelCount(hidden), h, accumulates: false) {
                    finishLinear(inner.part(row: 0, rows: count, column: $0, columns: $1))
                }
                unsafe multiply(
                    count, Strided(base: In(h), row: hidden, column: 1), second, panels: 0..<panelCount(width),
                    y + row * width, accumulates: false
                ) { finishLinear(finish.part(row: row, rows: count, column: $0, columns: $1)) }
            }
        }
    }

    /// `dx += …`, and to the gradients of the parameters, which lie as the parameters do: of the norm, and of each matrix
    /// where it learns.
    ///
    /// A chunk of rows at a time: the gradient of the sums and the hidden rows are made, used by all products, and gone.
    package func feedForwardGradient(
        _ p: FeedForwardPlaces, _ values: Span<Float>, sums: Span<Float>, _ dy: Span<Float>,
        into dx: inout MutableSpan<Float>, parameters: inout MutableSpan<Float>, learning: (first: Bool, second: Bool)
    ) {
        p.check(values)
        check("hidden layer's sums", sums.count, is: p.rows * p.hidden)
        check("hidden layer's output gradient", dy.count, is: p.rows * p.width)
        check("hidden layer's input gradient", dx.count, is: p.rows * p.width)
        let (width, hidden) = (p.width, p.hidden), gradients = unsafe pointer(&parameters)
        let (base, sums, dy, dx) = unsafe (pointer(values), pointer(sums), pointer(dy), pointer(&dx))
        let packed = unsafe ThreadScratch.floats(.packed, packedCount(hidden, width) + packedCount(width, hidden))
        let second = unsafe PackedSide(floats: In(packed), n: hidden, k: width)
        let first = unsafe PackedSide(floats: In(packed) + packedCount(hidden, width), n: width, k: hidden)
        unsafe pack(
            hidden, width, Strided(base: base + p.second.weight.lowerBound, row: hidden, column: 1), into: packed)
        unsafe pack(
            width, hidden, Strided(base: base + p.first.weight.lowerBound, row: width, column: 1),
            into: packed + packedCount(hidden, width))
        for start in stride(from: 0, to: p.rows, by: rowsPerChunk) {
            let count = min(rowsPerChunk, p.rows - start), chunk = start * width
            var part = p
            part.x = p.x.lowerBound + chunk..<p.x.lowerBound + chunk + count * width
            let seen = unsafe rows(of: part, in: base)
            let perTask = rowsPerTask(count, widest: max(width, hidden)), tasks = (count + perTask - 1) / perTask
            let hiddenCount = packedCount(hidden, count), seenCount = packedCount(width, count)
            let h = unsafe ThreadScratch.floats(
                .rows, hiddenCount + count * hidden + seenCount + 2 * tasks * width)
            let du = unsafe h + hiddenCount, made = unsafe du + count * hidden
            let normSums = unsafe made + seenCount
            unsafe normSums.update(repeating: 0, count: 2 * tasks * width)
            parallelFor(tasks) { task in
                let row = task * perTask, own = min(perTask, count - row), place = row * hidden
                let above = unsafe Strided(base: dy + chunk + row * width, row: width, column: 1)
                unsafe multiply(
                    own, above, second, panels: 0..<panelCount(hidden), du + place, accumulates: false
                ) { column, columns in
                    unsafe activationGradient(
                        ActivationBlock(
                            activation: p.activation.rawValue, rows: own, columns: columns, rowStride: hidden,
                            outputRowStride: panelWidth, sums: sums + start * hidden + place + column,
                            gradient: du + place + column, y: h + column * count + row * panelWidth))
                }
                let scratch = unsafe ThreadScratch.floats(.own, own * (2 * width + 2))
                let line = unsafe rows(row, own, of: seen, scratch: scratch)
                unsafe packRows(row, own, width, line.base, of: count, into: made)
                unsafe inputGradient(
                    row, own, of: seen, made: line.base, Strided(base: In(du) + place, row: hidden, column: 1), first,
                    into: dx + chunk, sums: normSums + 2 * task * width, scratch: scratch + own * (width + 2))
                if p.addsInput {
                    unsafe addScaled(own * width, 1, dy + chunk + row * width, dx + chunk + row * width)
                }
            }
            unsafe add(tasks, sums: In(normSums), width: width, to: p.norm, in: gradients)
            if learning.first {
                unsafe multiplyTransposed(
                    hidden, width, count, In(du), packed: In(made), gradients + p.first.weight.lowerBound,
                    sums: gradients + p.first.bias.lowerBound)
            }
            if learning.second {
                unsafe multiplyTransposed(
                    width, hidden, count, dy + chunk, packed: In(h), gradients + p.second.weight.lowerBound,
                    sums: gradients + p.second.bias.lowerBound)
            }
        }
    }

    private func rows(of p: FeedForwardPlaces, in base: In) -> NormedRows {
        unsafe NormedRows(x: base + p.x.lowerBound, width: p.width, p.norm, in: base)
    }

    /// Lends both matrices as products read them.
    private func withBothPacked(
        _ p: FeedForwardPlaces, _ base: In, _ body: (PackedSide, PackedSide) -> Void
    ) {
        if let first = p.first.packed, let second = p.second.packed, first.level == name, second.level == name {
            unsafe withPacked(weight: base, p.hidden, p.width, first) { first in
                unsafe withPacked(weight: base, p.width, p.hidden, second) { second in unsafe body(first, second) }
            }
            return
        }
        let count = packedCount(p.hidden, p.width)
        let floats = unsafe ThreadScratch.floats(.packed, count + packedCount(p.width, p.hidden))
        let first = unsafe Strided(base: base + p.first.weight.lowerBound, row: 1, column: p.width)
        let second = unsafe Strided(base: base + p.second.weight.lowerBound, row: 1, column: p.hidden)
        unsafe pack(p.hidden, p.width, first, into: floats)
        unsafe pack(p.width, p.hidden, second, into: floats + count)
        unsafe body(
            PackedSide(floats: In(floats), n: p.hidden, k: p.width),
            PackedSide(floats: In(floats) + count, n: p.width, k: p.hidden))
    }
}
