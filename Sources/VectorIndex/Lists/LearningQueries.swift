import Kernels
import Tensors

/// Queries from which an index learns how to serve their kind: some to learn from, and others on which it is measured.
struct LearningQueries: Sendable {
    let kind: QueryKind
    /// `[count, embedDim]`.
    let learning: [Float], measuring: [Float]
    /// The place of each in the segment, which it is not to find; empty where they are no rows of it.
    let ownOfLearning: [Int], ownOfMeasuring: [Int]

    /// The most that are used of either.
    static let most = (learning: 1_500, measuring: 2_000)

    /// Queries `[count, embedDim]` that were given: of seven, three are learned from and four measure.
    init(_ kind: QueryKind, given queries: [Float], embedDim: Int) {
        self.kind = kind
        let count = queries.count / embedDim
        var learning: [Float] = [], measuring: [Float] = []
        for query in 0..<count {
            let row = queries[query * embedDim..<(query + 1) * embedDim]
            if query % 7 < 3, learning.count < Self.most.learning * embedDim {
                learning += row
            } else if measuring.count < Self.most.measuring * embedDim {
                measuring += row
            }
        }
        (self.learning, self.measuring) = (learning, measuring)
        (ownOfLearning, ownOfMeasuring) = ([], [])
    }

    /// Stored rows in the place of queries; `places` says where each row lies in the segment.
    init(_ kind: QueryKind, from rows: EmbeddingRows, places: [Int]) {
        self.kind = kind
        var random = SeededRandom(seed: 1, purpose: .clustering)
        let drawn = random.permutation(rows.count), share = min(Self.most.learning, (rows.count + 1) / 2)
        let learning = drawn.prefix(share), measuring = drawn.dropFirst(share).prefix(Self.most.measuring)
        self.learning = learning.flatMap { rows.floats[rows.range($0)] }
        self.measuring = measuring.flatMap { rows.floats[rows.range($0)] }
        ownOfLearning = learning.map { places[$0] }
        ownOfMeasuring = measuring.map { places[$0] }
    }
}
