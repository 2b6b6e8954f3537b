import Kernels
public import Tensors

/// Sets a share of the numbers to zero and makes the others as much larger — Srivastava et al. 2014, section 4; and adds
/// what is not dropped, where there is such.
///
/// Which ones is a function of (seed, step, place among the step's dropouts, item of the batch, row of the item), so that a
/// run that goes on, has other threads, or sees a batch in parts, drops the same.
struct Dropout: Operation {
    let x: Tensor  // [rows, width]
    let residual: Tensor?  // [rows, width]
    let share: Float
    let luck: RowLuck

    var outputShape: Shape { x.shape }
    /// What each number was multiplied by.
    var savedCount: Int { x.count }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        let width = x.width, input = values.extracting(x.range), kept = 1 / (1 - share)
        parallelRows(of: &saved, width: width, rowsPerTask: 8) { first, factors in
            for row in 0..<factors.count / width {
                var luck = luck.random(of: first + row)
                for i in 0..<width { factors[row * width + i] = luck.happens(share) ? 0 : kept }
            }
        }
        for i in y.indices { y[i] = saved[i] * input[i] }
        if let residual { addScaled(1, values.extracting(residual.range), to: &y) }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let factors = values.extracting(step.saved)
        gradients.add(to: x, from: step.y) { dy, dx in for i in dy.indices { dx[i] += factors[i] * dy[i] } }
        if let residual { gradients.hand(step.y, to: residual) }
    }
}

/// The luck of every row of a batch: of each item, and of each of its rows where it has several.
struct RowLuck: Sendable {
    let seed: UInt64
    let step: Int, place: Int, firstItem: Int
    /// The rows of each item; where nil, a row is an item.
    let segments: Segments?
    /// The item that each row belongs to; empty where a row is an item.
    private let items: [Int]

    init(seed: UInt64, step: Int, place: Int, firstItem: Int, segments: Segments?) {
        precondition(place < 1 << 16 && segments?.longest ?? 0 <= 1 << 15, "\(place) dropouts of long sequences")
        (self.seed, self.step, self.place, self.firstItem, self.segments) = (seed, step, place, firstItem, segments)
        items =
            segments.map { segments in
                (0..<segments.count).flatMap { repeatElement($0, count: segments[$0].count) }
            } ?? []
    }

    /// The stream of one row of those at hand.
    func random(of row: Int) -> SeededRandom {
        var item = row, rowOfItem = 0
        if let segments {
            item = items[row]
            rowOfItem = row - segments[item].lowerBound
        }
        // Sixteen bits each for row and place: no two rows share a stream.
        return SeededRandom(
            seed: seed, purpose: .dropout, epoch: step, item: rowOfItem << 48 | place << 32 | (firstItem + item))
    }
}

extension Tape {
    /// x `[rows, width]` with the given share of its numbers set to zero; unless the step is recorded, x itself. A row is
    /// an item of the batch, or each of `segments` is one.
    public mutating func dropout(_ x: Tensor, share: Float, segments: Segments? = nil) -> Tensor {
        precondition((0..<1).contains(share), "a share of \(share) is not dropped")
        guard share > 0, isRecording else { return x }
        return apply(Dropout(x: x, residual: nil, share: share, luck: nextLuck(x, segments)))
    }

    /// `residual` and what dropout leaves of x, each `[rows, width]`; unless the step is recorded, their sum.
    public mutating func dropout(_ x: Tensor, share: Float, segments: Segments? = nil, adding residual: Tensor)
        -> Tensor
    {
        precondition((0..<1).contains(share), "a share of \(share) is not dropped")
        precondition(x.shape == residual.shape, "\(x.shape) and \(residual.shape) are not added")
        return apply(
            Dropout(x: x, residual: residual, share: isRecording ? share : 0, luck: nextLuck(x, segments)))
    }

    private mutating func nextLuck(_ x: Tensor, _ segments: Segments?) -> RowLuck {
        precondition(segments?.rowCount ?? x.rowCount == x.rowCount, "segments of other rows than those of \(x.shape)")
        dropoutCount += 1
        return RowLuck(seed: seed, step: stepNumber, place: dropoutCount, firstItem: firstItem, segments: segments)
    }
}
