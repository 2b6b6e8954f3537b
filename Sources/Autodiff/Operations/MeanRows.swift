public import Tensors

/// The mean of each sequence's rows: mean pooling, of real tokens alone, since nothing else is stored.
struct MeanRows: Operation {
    let x: Tensor  // [rows, width]
    let segments: Segments

    var outputShape: Shape { [segments.count, x.width] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        for segment in 0..<segments.count {
            let rows = segments[segment], share = 1 / Float(rows.count)
            for i in 0..<x.width {
                var sum: Float = 0
                for row in rows { sum += values[x.offset + row * x.width + i] }
                y[segment * x.width + i] = sum * share
            }
        }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        gradients.add(to: x, from: step.y) { dy, dx in
            for segment in 0..<segments.count {
                let rows = segments[segment], share = 1 / Float(rows.count)
                for row in rows {
                    for i in 0..<x.width { dx[row * x.width + i] += share * dy[segment * x.width + i] }
                }
            }
        }
    }
}

extension Tape {
    /// The mean of the rows of each segment → `[segments.count, width]`. No segment may be empty.
    public mutating func meanRows(_ x: Tensor, segments: Segments) -> Tensor {
        precondition(segments.rowCount == x.rowCount, "segments of \(segments.rowCount) rows for \(x.shape)")
        return apply(MeanRows(x: x, segments: segments))
    }
}
