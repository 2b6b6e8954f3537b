import Kernels

/// How rows become codes of 4 bits a number, and queries what these are multiplied with.
///
/// A row x of list l is stored as `round(zⱼ / stepⱼ + 7.5)` of the residual `x − mₗ` in directions that matter to queries of
/// every kind (`WeightedAxes`), and scored as `q·mₗ + Σⱼ wⱼ·stepⱼ·(codeⱼ − 7.5)`.
struct WeightedCodec: ListCodec {
    static let name = "weighted"
    static let summary = "4 bits for each of up to 192 directions that matter to queries"
    static let scoring = CodeScoring.weighted
    static let rowCost = 1.0

    let embedDim: Int
    /// `zⱼ / stepⱼ` of a residual: `[width, embedDim]`.
    let rowAxes: [Float]
    /// `wⱼ·stepⱼ` of a query.
    let queryAxes: BytePanels
    private let packed: PackedMatrix

    /// A step of so many deviations makes the error of 16 steps least for numbers that are normally distributed
    /// (Max 1960, table 2).
    private static let step = 0.335
    /// Queries that are unlike the rows count so much more: the two are then equally easy to rank.
    private static let weightOfOthers = 4.0

    static func shape(embedDim: Int) -> CodeShape { CodeShape(embedDim: embedDim) }

    static func counts(embedDim: Int) -> (floats: Int, panels: Int) {
        let width = shape(embedDim: embedDim).width
        return (width * embedDim, width)
    }

    init(embedDim: Int, floats: [Float], panels: BytePanels) {
        let shape = Self.shape(embedDim: embedDim)
        (self.embedDim, rowAxes, queryAxes) = (embedDim, floats, panels)
        packed = PackedMatrix(weight: floats.span, outputs: shape.width, inputs: embedDim)
    }

    init(embedDim n: Int, residuals: [Float], queries: [LearningQueries]) {
        let shape = Self.shape(embedDim: n), spread = WeightedAxes.moment(of: residuals, order: n)
        var moment = [Double](repeating: 0, count: n * n)
        for (place, some) in queries.enumerated() {
            let own = WeightedAxes.moment(of: some.learning, order: n)
            // The variance of the scores that these queries see.
            let variance = zip(own, spread).reduce(0) { $0 + $1.0 * $1.1 }
            guard variance > 1e-20 else { continue }
            let weight = (place == 0 ? 1 : Self.weightOfOthers) / variance
            for i in moment.indices { moment[i] += weight * own[i] }
        }
        let axes = WeightedAxes(queries: moment, rows: spread, order: n, kept: shape.width)
        // Directions in which next to nothing varies have no code.
        let least = max(1e-10 * (axes.values.first ?? 0), 1e-24)
        let steps = axes.values.map { $0 > least ? Float(Self.step * $0.squareRoot()) : 0 }
        let rowAxes = axes.rows.indices.map { steps[$0 / n] > 0 ? axes.rows[$0] / steps[$0 / n] : 0 }
        let queryAxes = axes.queries.indices.map { axes.queries[$0] * steps[$0 / n] }
        self.init(
            embedDim: n, floats: rowAxes, panels: BytePanels(QuantizedRows(queryAxes.span, columns: n)))
    }

    var floats: [Float] { rowAxes }
    var panels: BytePanels { queryAxes }
    var bytesInMemory: Int { queryAxes.bytes.count }

    func coded(_ queries: [Float]) -> CodedQueries { CodedQueries(queries, projection: queryAxes, shape: shape) }

    func codes(_ residuals: [Float], lengths: [Int]) -> SegmentCodes {
        let shape = shape, all = numbers(residuals)
        var codes = SegmentCodes()
        for rows in listRanges(lengths) {
            codes.append(all[rows.lowerBound * shape.width..<rows.upperBound * shape.width], shape: shape)
        }
        return codes
    }

    /// The codes of residuals `[n, embedDim]`, a number a byte: `[n, width]`.
    private func numbers(_ residuals: [Float]) -> [UInt8] {
        let count = residuals.count / shape.embedDim
        var z = [Float](repeating: 0, count: count * shape.width), none: [Float] = []
        var target = z.mutableSpan, sums = none.mutableSpan
        kernels.linear(
            LinearShape(rows: count, inputs: shape.embedDim, outputs: shape.width), residuals.span, rowAxes.span,
            packed: packed, bias: Span(), activation: .none, residual: Span(), into: &target, sums: &sums)
        return z.map { UInt8(min(max($0 + 8, 0), 15.5)) }
    }
}

extension SegmentCodes {
    /// Codes `[n, width]` of one list. Its first numbers become `[blocks, highDim / 8, 16, 4]`, two a byte: in group g, byte
    /// `4·v + y` has numbers `8g + y` of row v in its lower bits and `8g + 4 + y` in its upper ones. The others become
    /// `[n, lowDim / 2]`, the first half in the lower bits, the second in the upper ones.
    fileprivate mutating func append(_ codes: ArraySlice<UInt8>, shape: CodeShape) {
        let width = shape.width, count = codes.count / width, start = high.count, half = shape.lowBytes
        high += [UInt8](repeating: 0, count: (count + 15) / 16 * shape.blockBytes)
        for row in 0..<count {
            let code = codes.startIndex + row * width, block = start + row / 16 * shape.blockBytes + row % 16 * 4
            for g in 0..<shape.highDim / 8 {
                for y in 0..<4 {
                    high[block + 64 * g + y] = codes[code + 8 * g + y] | codes[code + 8 * g + 4 + y] << 4
                }
            }
            let rest = code + shape.highDim
            for i in 0..<half { low.append(codes[rest + i] | codes[rest + half + i] << 4) }
        }
    }
}
