import Evaluation
import Failures
import Tensors
import VectorIndex

/// Vectors, and queries where there are some, that transforms are measured on.
struct TransformComparison {
    let vectors: VectorSource
    let queries: Queries?
    /// Some rows, drawn by lot: those whose neighbours are looked for, whose spread is measured, and whose rank.
    private let probes, spread, ranked: [Int]
    private let neighbors: [[Neighbor]]  // of the probes among the vectors as they are
    private static let probeCount = 1_000, spreadCount = 4_096, rankCount = 20_000, k = 10

    /// Queries and the rows that answer them.
    struct Queries {
        let rows: [Float]
        let answers: [[Int]]
        var count: Int { answers.count }
    }

    init(_ vectors: VectorSource, queries path: String?, truth truthPath: String?) throws(Failure) {
        self.vectors = vectors
        if let path {
            let source = try VectorSource(path)
            try source.check(against: vectors)
            queries = Queries(rows: source.rows, answers: try truth(truthPath, queries: source, vectors: vectors))
        } else {
            queries = nil
        }
        var random = SeededRandom(seed: 0, purpose: .resampling, epoch: 1)
        let order = random.permutation(vectors.count)
        probes = order.prefix(Self.probeCount).sorted()
        spread = order.prefix(Self.spreadCount).sorted()
        ranked = order.prefix(Self.rankCount).sorted()
        let unit = FittedTransform(Unchanged.name, inputDim: vectors.width, outputDim: vectors.width)
            .apply(to: vectors.rows.span)
        neighbors = Self.neighbors(of: probes, in: unit, width: vectors.width)
    }

    /// What a transform does to the vectors and queries, all of length one.
    func report(
        _ transform: FittedTransform, named name: String, bound: Double?, fitSeconds: Double
    ) -> TransformReport {
        let start = ContinuousClock.now, width = transform.outputDim
        let rows = transform.apply(to: vectors.rows.span)
        let applySeconds = (ContinuousClock.now - start) / .seconds(1)
        let asked = queries.map { (rows: transform.apply(to: $0.rows.span), answers: $0.answers) }
        let some = Self.gather(spread, of: rows, width: width), more = Self.gather(ranked, of: rows, width: width)
        return TransformReport(
            transform: name, dimensions: width, bytesPerVector: 4 * width,
            retrieval: asked.map {
                retrieval(of: rows.span, by: $0.rows.span, embedDim: width, right: $0.answers)
            },
            neighbors: NeighborRecall(
                neighbors, Self.neighbors(of: probes, in: rows, width: width), candidates: vectors.count - 1),
            alignment: asked.map {
                let answers = Self.gather($0.answers.map { $0[0] }, of: rows, width: width)
                return Alignment($0.rows.span, answers.span, embedDim: width)
            },
            uniformity: Uniformity(some.span, embedDim: width),
            effectiveRank: EffectiveRank(more.span, embedDim: width), distortionBound: bound, fitSeconds: fitSeconds,
            applySeconds: applySeconds)
    }

    private static func neighbors(of probes: [Int], in rows: [Float], width: Int) -> [[Neighbor]] {
        nearestNeighbors(
            k, of: gather(probes, of: rows, width: width).span, among: rows.span, embedDim: width, excluding: probes)
    }

    private static func gather(_ places: [Int], of rows: [Float], width: Int) -> [Float] {
        places.flatMap { rows[$0 * width..<($0 + 1) * width] }
    }
}
