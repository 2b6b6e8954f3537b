import KernelInterface

/// Rows `[rows, width]` in half precision, so that each keeps its length: where the nearest halves h of a row x are longer or
/// shorter than it, some of them move by a step or two, until `x·h` is `x·x` within four millionths of it.
///
/// Then a unit vector finds itself with a score of 1. No number moves further from its float than the worst rounding of the
/// row's largest could be. Where steps are too coarse, as in rows of less than two dozen numbers, `x·h` comes as near as they
/// bring it. A row of halves stays as it is.
package func storedRows(_ rows: Span<Float>, width: Int) -> [UInt8] {
    precondition(width > 0 && rows.count % width == 0, "\(rows.count) floats are no rows of \(width)")
    var bytes = halfPrecision(rows)
    let count = rows.count / width, x = unsafe pointer(rows), set = kernels.search
    unsafe bytes.withUnsafeMutableBytes { bytes in
        guard let bytes = bytes.baseAddress else { return }
        // Sound: every task changes rows of its own.
        parallelFor((count + 255) / 256) { task in
            let wide = unsafe ThreadScratch.floats(.own, width)
            for row in task * 256..<min(count, task * 256 + 256) {
                let halves = unsafe bytes + 2 * row * width
                unsafe set.widen(width, halves, wide)
                unsafe keepLength(width, x + row * width, wide, halves.assumingMemoryBound(to: UInt16.self))
            }
        }
    }
    return bytes
}

/// Moves single halves of a row; `wide` are the same as floats.
private func keepLength(_ count: Int, _ x: In, _ wide: Out, _ halves: UnsafeMutablePointer<UInt16>) {
    var (excess, square, largest) = unsafe compared(count, x, wide)
    let tolerance = 4e-6 * square, farthest = largest * 0x1p-11
    var isMoving = true
    while isMoving && abs(excess) > tolerance {
        isMoving = false
        for i in 0..<count where abs(excess) > tolerance {
            let half = unsafe halves[i], value = unsafe x[i], former = unsafe wide[i], bits = half & 0x7FFF
            let grows = excess < 0
            guard grows ? bits < 0x7BFF : bits > 0 else { continue }
            let next = grows ? half + 1 : half - 1, moved = Float(Float16(bitPattern: next))
            let change = Double(moved - former) * Double(value)
            guard abs(change) > tolerance / 8, abs(excess + change) < abs(excess), abs(moved - value) <= farthest
            else { continue }
            unsafe halves[i] = next
            unsafe wide[i] = moved
            excess += change
            isMoving = true
        }
    }
    guard count <= fewNumbers, abs(excess) > tolerance else { return }
    let steps = unsafe steps(count, x, wide, halves, farthest)
    for step in bestPair(steps, excess) { unsafe halves[step.place] = step.half }
}

/// Rows of at most so many numbers move two at once where one does not suffice.
private let fewNumbers = 64

/// A half that may take another's place, and what that does to `x·h`.
private struct Step {
    var place: Int, half: UInt16, change: Double
}

/// Every half one step up or down, where that is not too far.
private func steps(
    _ count: Int, _ x: In, _ wide: Out, _ halves: UnsafeMutablePointer<UInt16>, _ farthest: Float
) -> [Step] {
    (0..<count).flatMap { i -> [Step] in
        let half = unsafe halves[i], value = unsafe x[i], former = unsafe wide[i], bits = half & 0x7FFF
        let others = (bits < 0x7BFF ? [half + 1] : []) + (bits > 0 ? [half - 1] : [])
        return others.compactMap { other in
            let moved = Float(Float16(bitPattern: other))
            guard abs(moved - value) <= farthest else { return nil }
            return Step(place: i, half: other, change: Double(moved - former) * Double(value))
        }
    }
}

/// The two steps that leave least of an excess; none where all leave more.
private func bestPair(_ steps: [Step], _ excess: Double) -> [Step] {
    var best: [Step] = [], least = abs(excess)
    for (number, first) in steps.enumerated() {
        for second in steps[..<number] where second.place != first.place {
            let left = abs(excess + first.change + second.change)
            if left < least { (best, least) = ([first, second], left) }
        }
    }
    return best
}

/// `x·h − x·x`, `x·x`, and the largest `|x|`.
private func compared(_ count: Int, _ x: In, _ h: Out) -> (excess: Double, square: Double, largest: Float) {
    // Even and odd places are added up apart, so that half of the additions need not wait.
    var excess = (even: 0.0, odd: 0.0), square = (even: 0.0, odd: 0.0), largest: Float = 0
    for i in 0..<count {
        let value = unsafe x[i], more = unsafe Double((h[i] - value) * value), own = Double(value * value)
        largest = max(largest, abs(value))
        if i & 1 == 0 {
            excess.even += more
            square.even += own
        } else {
            excess.odd += more
            square.odd += own
        }
    }
    return (excess.even + excess.odd, square.even + square.odd, largest)
}
