import Kernels

/// A bit a dimension of the residual, turned by lot — Gao & Long 2024, "RaBitQ: Quantizing High-Dimensional Vectors with a
/// Theoretical Error Bound for Approximate Nearest Neighbor Search".
///
/// With the unit residual o, the turned one `P·o`, and `ō = sign(P·o)/√D`, `⟨ō, P·q⟩/⟨ō, P·o⟩` estimates `⟨o, q⟩` without bias
/// (theorem 3.2), and seldom errs by more than `‖q‖·√((1 − ⟨ō, P·o⟩²)/⟨ō, P·o⟩²)·ε/√(D − 1)` (equation 14). Rows are kept by the
/// upper bound of their product, and only those whose bound reaches the best are compared by their vectors (section 4).
struct RaBitQCodec: ListCodec {
    static let name = "rabitq"
    static let summary = "a bit a dimension, with bounds that tell what to compare (RaBitQ)"
    static let scoring = CodeScoring.bounds
    static let rowCost = 5.0

    /// ε of the bound: the paper's section 5.2.4 finds that 1.9 loses next to nothing.
    static let confidence: Float = 1.9

    let embedDim: Int
    /// P without the columns that meet zeros: `[D, embedDim]`, D a multiple of 32.
    let floats: [Float]
    private let packed: PackedMatrix
    /// The same as bytes, for queries.
    private let queryPanels: BytePanels

    private static func bits(_ embedDim: Int) -> Int { (embedDim + 31) / 32 * 32 }

    /// Four bits are one number; behind the numbers of sixteen rows lie factors and bounds, sixteen floats each.
    static func shape(embedDim: Int) -> CodeShape {
        let bits = bits(embedDim)
        return CodeShape(embedDim: embedDim, numbers: bits / 4, blockBytes: 2 * bits + 128)
    }

    static func counts(embedDim: Int) -> (floats: Int, panels: Int) { (bits(embedDim) * embedDim, 0) }

    init(embedDim: Int, floats: [Float], panels: BytePanels) {
        (self.embedDim, self.floats) = (embedDim, floats)
        packed = PackedMatrix(weight: floats.span, outputs: Self.bits(embedDim), inputs: embedDim)
        queryPanels = BytePanels(QuantizedRows(floats.span, columns: embedDim))
    }

    init(embedDim n: Int, residuals: [Float], queries: [LearningQueries]) {
        let bits = Self.bits(n), drawn = normalNumbers(bits, bits, seed: 0, stream: 8).map { Double($0) }
        let rotation = orthonormalRows(of: drawn, order: bits)
        let columns = (0..<bits).flatMap { row in rotation[row * bits..<row * bits + n].map { Float($0) } }
        self.init(embedDim: n, floats: columns, panels: BytePanels(count: 0, width: 0, bytes: [], scales: []))
    }

    var bytesInMemory: Int { queryPanels.bytes.count }

    func codes(_ residuals: [Float], lengths: [Int]) -> SegmentCodes {
        let shape = shape, bits = Self.bits(embedDim), turned = turned(residuals)
        var codes = SegmentCodes()
        for rows in listRanges(lengths) {
            let numbers = (0..<rows.count * shape.highDim).map { number in
                let start = rows.lowerBound * bits + 4 * number
                return (0..<4).reduce(UInt8(0)) { $0 | (turned[start + $1] > 0 ? 1 << UInt8($1) : 0) }
            }
            let start = codes.append(tableCodes: numbers[...], numbers: shape.highDim, blockBytes: shape.blockBytes)
            for (place, row) in rows.enumerated() {
                let (factor, bound) = Self.factors(turned[row * bits..<(row + 1) * bits])
                let place = start + place / 16 * shape.blockBytes + 2 * bits + place % 16 * 4
                codes.high.replaceSubrange(place..<place + 4, with: littleEndian(factor.bitPattern))
                codes.high.replaceSubrange(place + 64..<place + 68, with: littleEndian(bound.bitPattern))
            }
        }
        return codes
    }

    /// `P·x` of residuals: `[n, D]`.
    private func turned(_ residuals: [Float]) -> [Float] {
        let count = residuals.count / embedDim, bits = Self.bits(embedDim)
        var turned = [Float](repeating: 0, count: count * bits), none: [Float] = []
        var target = turned.mutableSpan, sums = none.mutableSpan
        kernels.linear(
            LinearShape(rows: count, inputs: embedDim, outputs: bits), residuals.span, floats.span, packed: packed,
            bias: Span(), activation: .none, residual: Span(), into: &target, sums: &sums)
        return turned
    }

    /// What `Σ ±(P·q)ᵢ` is multiplied with to estimate `q·r`, and the bound of the error for a query of length one: of a
    /// turned residual r. `⟨ō, P·o⟩ = Σ|rᵢ| / (√D·‖r‖)`.
    static func factors(_ turned: ArraySlice<Float>) -> (factor: Float, bound: Float) {
        var squares: Float = 0, sum: Float = 0
        for x in turned {
            squares += x * x
            sum += abs(x)
        }
        guard sum > 0 else { return (0, 0) }
        let bits = Float(turned.count), cosine = sum / (bits * squares).squareRoot()
        let error = (max(0, 1 - cosine * cosine) * squares).squareRoot() / cosine
        return (squares / sum, confidence * error / (bits - 1).squareRoot())
    }

    /// The sums of all signs of four numbers of the turned query.
    func coded(_ queries: [Float]) -> CodedQueries {
        let rows = QuantizedRows(queries.span, columns: embedDim), turned = queryPanels.products(with: rows)
        let tables = stride(from: 0, to: turned.count, by: 4).map { start in
            (0..<4).reduce(SIMD16<Float>.zero) { $0 + Self.signs[$1] * SIMD16(repeating: turned[start + $1]) }
        }
        return CodedQueries(
            queries, rows, tables: CodeTables(tables, numbers: shape.highDim), shape: shape)
    }

    /// Bit j of 0…15 as ±1.
    private static let signs = (0..<4).map { bit in
        var signs = SIMD16<Float>(repeating: -1)
        for number in 0..<16 where number >> bit & 1 == 1 { signs[number] = 1 }
        return signs
    }
}
