package import KernelInterface

/// A layer norm and a matrix behind it: sizes, and where the tensors lie on the tape.
package struct NormedLinearPlaces: Sendable {
    package var rows: Int, width: Int, outputs: Int
    package var x: Range<Int>
    package var norm: NormPlaces
    package var matrix: MatrixPlaces

    package init(
        rows: Int, width: Int, outputs: Int, x: Range<Int>, norm: NormPlaces, matrix: MatrixPlaces
    ) {
        (self.rows, self.width, self.outputs) = (rows, width, outputs)
        (self.x, self.norm, self.matrix) = (x, norm, matrix)
    }

    fileprivate func check(_ values: Span<Float>) {
        precondition(
            x.count == rows * width && norm.gain.count == width && norm.bias.count == width
                && matrix.weight.count == outputs * width && matrix.bias.count == outputs
                && [x, norm.gain, norm.bias, matrix.weight, matrix.bias].allSatisfy {
                    $0.lowerBound >= 0 && $0.upperBound <= values.count
                },
            "normed linear: \(self) on a tape of \(values.count) floats")
    }
}

extension KernelSet {
    /// `y = norm(x)·Wᵀ + bias`: x `[rows, width]`, y `[rows, outputs]`.
    package func normedLinear(
        _ p: NormedLinearPlaces, _ values: Span<Float>, into y: inout MutableSpan<Float>
    ) {
        p.check(values)
        check("normed linear output", y.count, is: p.rows * p.outputs)
        let base = unsafe pointer(values), y = unsafe pointer(&y)
        let seen = unsafe NormedRows(x: base + p.x.lowerBound, width: p.width, p.norm, in: base)
        let finish = unsafe LinearFinish(
            activation: 0, rowStride: p.outputs, y: y, bias: base + p.matrix.bias.lowerBound, sums: nil, residual: nil)
        let perTask = rowsPerTask(p.rows, widest: p.width), tasks = (p.rows + perTask - 1) / perTask
        unsafe withPacked(
            weight: base + p.matrix.weight.lowerBound, p.outputs, p.width, p.matrix.packed
        ) { weight in
            guard tasks >= threadCount else {
                let made = unsafe ThreadScratch.floats(.rows, seen.scratch(p.rows))
                let left = unsafe allRows(p.rows, of: seen, scratch: made)
                return unsafe multiplyRows(p.rows, left, weight, y, accumulates: false, finish: finish)
            }
            parallelFor(tasks) { task in
                let first = task * perTask, count = min(perTask, p.rows - first)
                let left = unsafe rows(
                    first, count, of: seen, scratch: ThreadScratch.floats(.own, seen.scratch(count)))
                unsafe multiply(
                    count, left, weight, panels: 0..<panelCount(p.outputs), y + first * p.outputs, accumulates: false
                ) { column, columns in
                    finishLinear(finish.part(row: first, rows: count, column: column, columns: columns))
                }
            }
        }
    }

    /// `dx += …`, and to the gradients of the parameters, which lie as the parameters do: of the norm, and of the matrix
    /// where it learns.
    package func normedLinearGradient(
        _ p: NormedLinearPlaces, _ values: Span<Float>, _ dy: Span<Float>, into dx: inout MutableSpan<Float>,
        parameters: inout MutableSpan<Float>, learning: Bool
    ) {
        p.check(values)
        check("normed linear output gradient", dy.count, is: p.rows * p.outputs)
        check("normed linear input gradient", dx.count, is: p.rows * p.width)
        let (base, dy, dx) = unsafe (pointer(values), pointer(dy), pointer(&dx)),
            gradients = unsafe pointer(&parameters)
        let packed = unsafe ThreadScratch.floats(.packed, packedCount(p.width, p.outputs))
        let weight = unsafe PackedSide(floats: In(packed), n: p.width, k: p.outputs)
        unsafe pack(
            p.width, p.outputs, Strided(base: base + p.matrix.weight.lowerBound, row: p.width, column: 1), into: packed)
        for start in stride(from: 0, to: p.rows, by: rowsPerChunk) {
            let rows = min(rowsPerChunk, p.rows - start)
            let perTask = rowsPerTask(rows, widest: max(p.width, p.outputs)), tasks = (rows + perTask - 1) / perTask
            let seen = unsafe NormedRows(
                x: base + p.x.lowerBound + start * p.width, width: p.width, p.norm, in: base)
            let made = unsafe ThreadScratch.floats(.rows, (rows + 2 * tasks) * p.width)
            let sums = unsafe made + rows * p.width
            unsafe sums.update(repeating: 0, count: 2 * tasks * p.width)
            parallelFor(tasks) { task in
                let first = task * perTask, count = min(perTask, rows - first)
                let own = unsafe ThreadScratch.floats(.own, count * (2 * p.width + 2))
                let line = unsafe self.rows(first, count, of: seen, scratch: own)
                unsafe (made + first * p.width).update(from: line.base, count: count * p.width)
                unsafe inputGradient(
                    first, count, of: seen, made: line.base,
                    Strided(base: dy + (start + first) * p.outputs, row: p.outputs, column: 1), weight,
                    into: dx + start * p.width, sums: sums + 2 * task * p.width,
                    scratch: own + count * (p.width + 2))
            }
            unsafe add(tasks, sums: In(sums), width: p.width, to: p.norm, in: gradients)
            guard learning else { continue }
            unsafe multiplyTransposed(
                p.outputs, p.width, rows, dy + start * p.outputs, In(made), gradients + p.matrix.weight.lowerBound,
                sums: gradients + p.matrix.bias.lowerBound)
        }
    }
}
