import Kernels
import Tensors

/// Sets a share of the numbers to zero and makes the others as much larger — Srivastava et al. 2014, section 4.
///
/// Which ones is a function of (seed, step, place among the step's dropouts, item of the batch), so that a run that goes
/// on, has other threads, or sees a batch in parts, drops the same. A row is an item of the batch.
struct Dropout: Operation {
    let x: Tensor  // [rows, width]
    let share: Float
    let seed: UInt64
    let step: Int, place: Int, firstItem: Int

    var outputShape: Shape { x.shape }
    /// What each number was multiplied by.
    var savedCount: Int { x.count }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        let width = x.width, input = values.extracting(x.range), kept = 1 / (1 - share)
        parallelRows(of: &saved, width: width, rowsPerTask: 8) { first, factors in
            for row in 0..<factors.count / width {
                let item = place << 32 | (firstItem + first + row)
                var luck = SeededRandom(seed: seed, purpose: .dropout, epoch: step, item: item)
                for i in 0..<width { factors[row * width + i] = luck.happens(share) ? 0 : kept }
            }
        }
        for i in y.indices { y[i] = saved[i] * input[i] }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let factors = values.extracting(step.saved)
        gradients.add(to: x, from: step.y) { dy, dx in for i in dy.indices { dx[i] += factors[i] * dy[i] } }
    }
}

extension Tape {
    /// x `[batch, width]` with the given share of its numbers set to zero; unless the step is recorded, x itself.
    public mutating func dropout(_ x: Tensor, share: Float) -> Tensor {
        precondition((0..<1).contains(share), "a share of \(share) is not dropped")
        guard share > 0, isRecording else { return x }
        dropoutCount += 1
        return apply(
            Dropout(x: x, share: share, seed: seed, step: stepNumber, place: dropoutCount, firstItem: firstItem))
    }
}
