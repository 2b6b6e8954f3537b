public import Tensors

/// Each token's row of a table plus the row of its position in its sequence: `y = table[id] + positions[t]`, plus the first
/// of the rows that tell kinds of segments apart, where there are any — Devlin et al. 2019 (BERT), figure 2.
struct EmbedTokens: Operation {
    let ids: [Int32]
    let segments: Segments
    let table: Tensor  // [vocabSize, width]
    let positions: Tensor  // [contextLength, width]
    let kind: Tensor?  // [width]

    var outputShape: Shape { [ids.count, table.width] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        let width = table.width
        for segment in 0..<segments.count {
            for (t, row) in segments[segment].enumerated() {
                let token = table.offset + Int(ids[row]) * width, position = positions.offset + t * width
                for i in 0..<width { y[row * width + i] = values[token + i] + values[position + i] }
                guard let kind else { continue }
                for i in 0..<width { y[row * width + i] += values[kind.offset + i] }
            }
        }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let width = table.width
        gradients.add(to: table, positions, kind, from: step.y) { dy, dTable, dPositions, dKind, _ in
            for segment in 0..<segments.count {
                for (t, row) in segments[segment].enumerated() {
                    let token = Int(ids[row]) * width
                    for i in 0..<width {
                        dTable[token + i] += dy[row * width + i]
                        dPositions[t * width + i] += dy[row * width + i]
                    }
                    guard kind != nil else { continue }
                    for i in 0..<width { dKind[i] += dy[row * width + i] }
                }
            }
        }
    }
}

extension Tape {
    /// Token and position embeddings of packed sequences → `[tokens, width]`. Ids must lie inside the table. Of `kinds`
    /// `[kinds, width]` the first row is added to all.
    public mutating func embedTokens(
        _ ids: [Int32], segments: Segments, table: Tensor, positions: Tensor, kinds: Tensor? = nil
    ) -> Tensor {
        precondition(segments.rowCount == ids.count, "segments of \(segments.rowCount) rows for \(ids.count) tokens")
        precondition(segments.longest <= positions.rowCount, "\(segments.longest) tokens, \(positions.shape) positions")
        precondition(ids.allSatisfy { $0 >= 0 && Int($0) < table.rowCount }, "a token lies outside \(table.shape)")
        return apply(
            EmbedTokens(ids: ids, segments: segments, table: table, positions: positions, kind: kinds?.rows(0..<1)))
    }
}
