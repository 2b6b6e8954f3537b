import KernelInterface
import Tensors

/// The attention of a transformer's block, with the matrix that makes queries, keys and values: sizes, and where the
/// tensors lie on the tape.
package struct SelfAttentionPlaces: Sendable {
    package var shape: AttentionShape
    package var x: Range<Int>
    /// What rows are seen through.
    package var norm: NormPlaces?
    /// `[3·width, width]`: queries, keys, values.
    package var matrix: MatrixPlaces

    package init(shape: AttentionShape, x: Range<Int>, norm: NormPlaces?, matrix: MatrixPlaces) {
        (self.shape, self.x, self.norm, self.matrix) = (shape, x, norm, matrix)
    }

    /// Floats that are kept: queries, keys and values, then a number for each row and head.
    package var savedCount: Int { shape.rowCount * (3 * shape.width + shape.heads) }

    fileprivate func check(_ values: Span<Float>) {
        let width = shape.width
        Kernels.check(
            "self-attention",
            [(x, shape.rowCount * width)] + matrix.sized(3 * width, width) + (norm?.sized(width) ?? []), on: values)
    }
}

extension KernelSet {
    /// `y = attention(norm(x)·Wᵀ + bias)`: x and y `[rows, width]`.
    package func selfAttention(
        _ p: SelfAttentionPlaces, _ values: Span<Float>, into y: inout MutableSpan<Float>,
        saving saved: inout MutableSpan<Float>
    ) {
        p.check(values)
        check("self-attention's output", y.count, is: p.shape.rowCount * p.shape.width)
        check("self-attention's saved floats", saved.count, is: p.savedCount)
        let (base, qkv, rows) = unsafe (pointer(values), pointer(&saved), p.shape.rowCount)
        let seen = unsafe NormedRows(x: base + p.x.lowerBound, width: p.shape.width, p.norm, in: base)
        unsafe project(rows, seen, p.matrix, in: base, outputs: 3 * p.shape.width, into: qkv)
        unsafe attention(
            p.shape,
            AttentionPlaces(
                qkv: In(qkv), y: pointer(&y), statistics: qkv + rows * 3 * p.shape.width, dy: In(nowhere),
                dqkv: nowhere))
    }

    /// `dx += …`, and to the gradients of the parameters, which lie as the parameters do: of the norm, and of the matrix
    /// where it learns.
    ///
    /// A chunk of sequences at a time: the gradient of queries, keys and values is made, used by all products, and gone.
    package func selfAttentionGradient(
        _ p: SelfAttentionPlaces, _ values: Span<Float>, saved: Span<Float>, _ y: Span<Float>, _ dy: Span<Float>,
        into dx: inout MutableSpan<Float>, parameters: inout MutableSpan<Float>, learning: Bool
    ) {
        p.check(values)
        let shape = p.shape, width = shape.width, outputs = 3 * width, all = shape.rowCount
        check("self-attention's saved floats", saved.count, is: p.savedCount)
        check("self-attention's output", y.count, is: all * width)
        check("self-attention's output gradient", dy.count, is: all * width)
        check("self-attention's input gradient", dx.count, is: all * width)
        let (base, qkv, gradients) = unsafe (pointer(values), pointer(saved), pointer(&parameters))
        let (y, dy, dx) = unsafe (pointer(y), pointer(dy), pointer(&dx))
        let packed = unsafe ThreadScratch.floats(.packed, packedCount(width, outputs))
        let weight = unsafe PackedSide(floats: In(packed), n: width, k: outputs)
        unsafe pack(
            width, outputs, Strided(base: base + p.matrix.weight.lowerBound, row: width, column: 1), into: packed)
        for tasks in chunks(of: shape) {
            let chunk = shape.rows(of: tasks[0].lowerBound..<tasks[tasks.count - 1].upperBound), rows = chunk.count
            let seen = unsafe NormedRows(
                x: base + p.x.lowerBound + chunk.lowerBound * width, width: width, p.norm, in: base)
            let seenCount = packedCount(width, rows)
            let dqkv = unsafe ThreadScratch.floats(.rows, rows * outputs + seenCount + 2 * tasks.count * width)
            let made = unsafe dqkv + rows * outputs, sums = unsafe made + seenCount
            // As if the table began where that of all rows does.
            let places = unsafe AttentionPlaces(
                qkv: qkv, y: Out(mutating: y), statistics: Out(mutating: qkv) + all * outputs, dy: dy,
                dqkv: dqkv - chunk.lowerBound * outputs)
            unsafe sums.update(repeating: 0, count: 2 * tasks.count * width)
            parallelFor(tasks.count) { task in
                let own = shape.rows(of: tasks[task]), first = own.lowerBound - chunk.lowerBound
                unsafe (dqkv + first * outputs).update(repeating: 0, count: own.count * outputs)
                for segment in tasks[task] {
                    for head in 0..<shape.heads { unsafe attentionGradient(headPart(shape, places, segment, head)) }
                }
                let scratch = unsafe ThreadScratch.floats(.own, own.count * (2 * width + 2))
                let line = unsafe self.rows(first, own.count, of: seen, scratch: scratch)
                unsafe packRows(first, own.count, width, line.base, of: rows, into: made)
                unsafe inputGradient(
                    first, own.count, of: seen, made: line.base,
                    Strided(base: In(dqkv) + first * outputs, row: outputs, column: 1), weight,
                    into: dx + chunk.lowerBound * width, sums: sums + 2 * task * width,
                    scratch: scratch + own.count * (width + 2))
            }
            unsafe add(tasks.count, sums: In(sums), width: width, to: p.norm, in: gradients)
            guard learning else { continue }
            unsafe multiplyTransposed(
                outputs, width, rows, In(dqkv), packed: In(made), gradients + p.matrix.weight.lowerBound,
                sums: gradients + p.matrix.bias.lowerBound)
        }
    }

    /// Sequences that are gone through at once, chunk by chunk, in the tasks of each.
    private func chunks(of shape: AttentionShape) -> [[Range<Int>]] {
        var chunks: [[Range<Int>]] = [[]], rows = 0, first = 0
        while first < shape.segments.count {
            var end = first + 1, own = shape.segments[first].count
            while end < shape.segments.count, own + shape.segments[end].count <= 96 {
                own += shape.segments[end].count
                end += 1
            }
            if rows > 0, rows + own > rowsPerChunk {
                chunks.append([])
                rows = 0
            }
            chunks[chunks.count - 1].append(first..<end)
            rows += own
            first = end
        }
        return chunks.filter { !$0.isEmpty }
    }
}

extension AttentionShape {
    /// The rows of adjacent sequences.
    fileprivate func rows(of segments: Range<Int>) -> Range<Int> {
        self.segments[segments.lowerBound].lowerBound..<self.segments[segments.upperBound - 1].upperBound
    }
}
