import KernelInterface

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
        Kernels.check(
            "normed linear", [(x, rows * width)] + matrix.sized(outputs, width) + norm.sized(width), on: values)
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
        unsafe project(p.rows, seen, p.matrix, in: base, outputs: p.outputs, into: y)
    }

    /// `y = seen·Wᵀ + bias`.
    func project(
        _ count: Int, _ seen: NormedRows, _ matrix: MatrixPlaces, in base: In, outputs: Int, into y: Out
    ) {
        let finish = unsafe LinearFinish(
            activation: 0, rowStride: outputs, y: y, bias: base + matrix.bias.lowerBound, sums: nil, residual: nil)
        let width = unsafe seen.width, perTask = rowsPerTask(count, widest: width)
        let tasks = (count + perTask - 1) / perTask
        unsafe withPacked(weight: base + matrix.weight.lowerBound, outputs, width, matrix.packed) { weight in
            guard tasks >= enoughTasks else {
                let made = unsafe ThreadScratch.floats(.rows, seen.scratch(count))
                let left = unsafe allRows(count, of: seen, scratch: made)
                return unsafe multiplyRows(count, left, weight, y, accumulates: false, finish: finish)
            }
            parallelFor(tasks) { task in
                let first = task * perTask, own = min(perTask, count - first)
                let left = unsafe rows(first, own, of: seen, scratch: ThreadScratch.floats(.own, seen.scratch(own)))
                unsafe multiply(
                    own, left, weight, panels: 0..<panelCount(outputs), y + first * outputs, accumulates: false
                ) { finishLinear(finish.part(row: first, rows: own, column: $0, columns: $1)) }
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
            let seenCount = packedCount(p.width, rows)
            let made = unsafe ThreadScratch.floats(.rows, seenCount + 2 * tasks * p.width)
            let sums = unsafe made + seenCount
            unsafe sums.update(repeating: 0, count: 2 * tasks * p.width)
            parallelFor(tasks) { task in
                let first = task * perTask, count = min(perTask, rows - first)
                let own = unsafe ThreadScratch.floats(.own, count * (2 * p.width + 2))
                let line = unsafe self.rows(first, count, of: seen, scratch: own)
                unsafe packRows(first, count, p.width, line.base, of: rows, into: made)
                unsafe inputGradient(
                    first, count, of: seen, made: line.base,
                    Strided(base: dy + (start + first) * p.outputs, row: p.outputs, column: 1), weight,
                    into: dx + start * p.width, sums: sums + 2 * task * p.width,
                    scratch: own + count * (p.width + 2))
            }
            unsafe add(tasks, sums: In(sums), width: p.width, to: p.norm, in: gradients)
            guard learning else { continue }
            unsafe multiplyTransposed(
                p.outputs, p.width, rows, dy + start * p.outputs, packed: In(made),
                gradients + p.matrix.weight.lowerBound, sums: gradients + p.matrix.bias.lowerBound)
        }
    }
}
