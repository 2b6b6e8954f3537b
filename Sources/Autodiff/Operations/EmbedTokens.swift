public import Tensors

/// Each token's row of a table plus the row of its position in its sequence: `y = table[id] + positions[t]`, plus that
/// of its kind of segment (sentence A or B), where there are such — Devlin et al. 2019 (BERT), figure 2.
struct EmbedTokens: Operation {
    let ids: [Int32]
    let segments: Segments
    let table: Tensor  // [vocabSize, width]
    let positions: Tensor  // [contextLength, width]
    let kinds: Tensor?  // [kinds, width]
    /// The kind of each token; of the first all where nil.
    let kindOf: [Int32]?

    var outputShape: Shape { [ids.count, table.width] }

    private func kind(_ row: Int) -> Int { kindOf.map { Int($0[row]) } ?? 0 }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        let width = table.width
        for segment in 0..<segments.count {
            for (t, row) in segments[segment].enumerated() {
                let token = table.offset + Int(ids[row]) * width, position = positions.offset + t * width
                for i in 0..<width { y[row * width + i] = values[token + i] + values[position + i] }
                guard let kinds else { continue }
                let kind = kinds.offset + self.kind(row) * width
                for i in 0..<width { y[row * width + i] += values[kind + i] }
            }
        }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let width = table.width
        gradients.add(to: table, positions, kinds, from: step.y) { dy, dTable, dPositions, dKinds, _ in
            for segment in 0..<segments.count {
                for (t, row) in segments[segment].enumerated() {
                    let token = Int(ids[row]) * width
                    for i in 0..<width {
                        dTable[token + i] += dy[row * width + i]
                        dPositions[t * width + i] += dy[row * width + i]
                    }
                    guard kinds != nil else { continue }
                    let kind = kind(row) * width
                    for i in 0..<width { dKinds[kind + i] += dy[row * width + i] }
                }
            }
        }
    }
}

extension Tape {
    /// Token and position embeddings of packed sequences → `[tokens, width]`. Ids must lie inside the table. Of `kinds`
    /// `[kinds, width]` each token gets the row that `kindOf` says, and where that is nil, the first.
    public mutating func embedTokens(
        _ ids: [Int32], segments: Segments, table: Tensor, positions: Tensor, kinds: Tensor? = nil,
        kindOf: [Int32]? = nil
    ) -> Tensor {
        precondition(segments.rowCount == ids.count, "segments of \(segments.rowCount) rows for \(ids.count) tokens")
        precondition(segments.longest <= positions.rowCount, "\(segments.longest) tokens, \(positions.shape) positions")
        precondition(ids.allSatisfy { $0 >= 0 && Int($0) < table.rowCount }, "a token lies outside \(table.shape)")
        if let kindOf {
            let count = kinds?.rowCount ?? 0
            precondition(
                kindOf.count == ids.count && kindOf.allSatisfy { $0 >= 0 && Int($0) < count },
                "\(kindOf.count) kinds below \(count) for \(ids.count) tokens")
        }
        return apply(
            EmbedTokens(
                ids: ids, segments: segments, table: table, positions: positions, kinds: kinds, kindOf: kindOf))
    }
}
