import Kernels
import Tensors

/// Product quantization of 4 bits: each `subDim` dimensions are coded as the nearest of sixteen centroids of their own — Jégou
/// et al. 2011, "Product quantization for nearest neighbor search", section 2; scanned by look-ups in registers (`scanTables`).
struct ProductCodec<let subDim: Int>: ListCodec {
    static var name: String { "pq\(subDim)" }
    static var summary: String { "4 bits for \(subDim) dimensions, looked up (product quantization, fast scan)" }
    static var scoring: CodeScoring { .tables }
    static var rowCost: Double { 16 / Double(subDim) }

    let embedDim: Int
    /// Component d of the sixteen centroids of number m is `centroids[m·subDim + d]`.
    let centroids: [SIMD16<Float>]

    /// Residuals that centroids are learned from, and passes over them.
    private static var sampled: Int { 4_096 }
    private static var passes: Int { 20 }

    /// A multiple of eight; those behind the last dimension are zero.
    private static func numbers(_ embedDim: Int) -> Int { (embedDim + 8 * subDim - 1) / (8 * subDim) * 8 }

    static func shape(embedDim: Int) -> CodeShape {
        let numbers = numbers(embedDim)
        return CodeShape(embedDim: embedDim, numbers: numbers, blockBytes: 8 * numbers)
    }

    static func counts(embedDim: Int) -> (floats: Int, panels: Int) { (16 * numbers(embedDim) * subDim, 0) }

    init(embedDim: Int, floats: [Float], panels: BytePanels) {
        self.embedDim = embedDim
        centroids = stride(from: 0, to: floats.count, by: 16).map { SIMD16(floats[$0..<$0 + 16]) }
    }

    init(embedDim n: Int, residuals: [Float], queries: [LearningQueries]) {
        let count = residuals.count / n, step = max(1, count / Self.sampled)
        let rows = Array(stride(from: 0, to: count, by: step).prefix(Self.sampled))
        embedDim = n
        centroids = parallelMap(Self.numbers(n)) { number in
            let points = rows.flatMap { row in
                (number * subDim..<(number + 1) * subDim).map { $0 < n ? residuals[row * n + $0] : 0 }
            }
            return Self.centroids(of: points, item: number)
        }.flatMap(\.self)
    }

    var floats: [Float] { centroids.flatMap { vector in vector.indices.map { vector[$0] } } }
    var bytesInMemory: Int { 64 * centroids.count }

    /// Sixteen centroids of points `[n, subDim]` (Lloyd 1982). One that is nearest to none moves to the point that lies
    /// farthest from its own, one in each pass.
    private static func centroids(of points: [Float], item: Int) -> [SIMD16<Float>] {
        let count = points.count / subDim
        var random = SeededRandom(seed: 2, purpose: .clustering, item: item), centroids: [SIMD16<Float>] = []
        let drawn = random.permutation(count)
        for d in 0..<subDim {
            var component = SIMD16<Float>.zero
            for c in 0..<16 where count > 0 { component[c] = points[drawn[c % count] * subDim + d] }
            centroids.append(component)
        }
        for _ in 0..<passes {
            var sums = [SIMD16<Float>](repeating: .zero, count: subDim), counts = SIMD16<Float>.zero
            var farthest = (point: 0, distance: -Float.infinity)
            for point in 0..<count {
                let (c, distance) = nearest(points, point * subDim, subDim, centroids, 0)
                for d in 0..<subDim { sums[d][c] += points[point * subDim + d] }
                counts[c] += 1
                if distance > farthest.distance { farthest = (point, distance) }
            }
            for c in 0..<16 where counts[c] > 0 {
                for d in 0..<subDim { centroids[d][c] = sums[d][c] / counts[c] }
            }
            if let unused = (0..<16).first(where: { counts[$0] == 0 }), farthest.distance > 0 {
                for d in 0..<subDim { centroids[d][unused] = points[farthest.point * subDim + d] }
            }
        }
        return centroids
    }

    /// The nearest of the centroids from `first` on to `dimensions` numbers from `start` on, and its squared distance.
    @inline(__always) private static func nearest(
        _ points: [Float], _ start: Int, _ dimensions: Int, _ centroids: [SIMD16<Float>], _ first: Int
    ) -> (centroid: Int, distance: Float) {
        var distances = SIMD16<Float>.zero
        for d in 0..<dimensions {
            let difference = centroids[first + d] - SIMD16(repeating: points[start + d])
            distances += difference * difference
        }
        var best = 0
        for c in 1..<16 where distances[c] < distances[best] { best = c }
        return (best, distances[best])
    }

    func codes(_ residuals: [Float], lengths: [Int]) -> SegmentCodes {
        let shape = shape, all = numbers(of: residuals)
        var codes = SegmentCodes()
        for rows in listRanges(lengths) {
            let some = all[rows.lowerBound * shape.highDim..<rows.upperBound * shape.highDim]
            codes.append(tableCodes: some, numbers: shape.highDim, blockBytes: shape.blockBytes)
        }
        return codes
    }

    /// The numbers of the nearest centroids: `[n, numbers]`.
    func numbers(of residuals: [Float]) -> [UInt8] {
        let numbers = Self.numbers(embedDim)
        var codes: [UInt8] = []
        codes.reserveCapacity(residuals.count / embedDim * numbers)
        for start in stride(from: 0, to: residuals.count, by: embedDim) {
            for number in 0..<numbers {
                let first = number * subDim, dimensions = max(0, min(subDim, embedDim - first))
                codes.append(UInt8(Self.nearest(residuals, start + first, dimensions, centroids, first).centroid))
            }
        }
        return codes
    }

    /// What each centroid adds to the product with a query: `q·x ≈ Σ table[code]`.
    func coded(_ queries: [Float]) -> CodedQueries {
        let numbers = Self.numbers(embedDim)
        var tables: [SIMD16<Float>] = []
        tables.reserveCapacity(queries.count / embedDim * numbers)
        for start in stride(from: 0, to: queries.count, by: embedDim) {
            for number in 0..<numbers {
                var table = SIMD16<Float>.zero
                for i in number * subDim..<max(number * subDim, min((number + 1) * subDim, embedDim)) {
                    table += centroids[i] * SIMD16(repeating: queries[start + i])
                }
                tables.append(table)
            }
        }
        return CodedQueries(
            queries, QuantizedRows(queries.span, columns: embedDim), tables: CodeTables(tables, numbers: numbers),
            shape: shape)
    }
}
