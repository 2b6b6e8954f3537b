import Kernels

/// A byte a dimension, between the least and the largest residual that it learned from, as FAISS's `IVF,SQ8` has it:
/// `byte = ⌊255·(x − least)/span⌋`, which stands for `least + span·(byte + ½)/255`.
struct ScalarCodec: ListCodec {
    static let name = "sq8"
    static let summary = "a byte a dimension (FAISS's SQ8)"
    static let scoring = CodeScoring.bytes
    static let rowCost = 6.0

    let embedDim: Int
    /// `[embedDim]`.
    let least, span: [Float]

    static func shape(embedDim: Int) -> CodeShape {
        let width = QuantizedRows.width(embedDim)
        return CodeShape(embedDim: embedDim, numbers: width, blockBytes: 16 * width)
    }

    static func counts(embedDim: Int) -> (floats: Int, panels: Int) { (2 * embedDim, 0) }

    init(embedDim: Int, floats: [Float], panels: BytePanels) {
        self.embedDim = embedDim
        (least, span) = (Array(floats.prefix(embedDim)), Array(floats.dropFirst(embedDim)))
    }

    init(embedDim n: Int, residuals: [Float], queries: [LearningQueries]) {
        var least = Array(residuals.prefix(n)), most = least
        for start in stride(from: 0, to: residuals.count, by: n) {
            for i in 0..<n {
                least[i] = min(least[i], residuals[start + i])
                most[i] = max(most[i], residuals[start + i])
            }
        }
        (embedDim, self.least, span) = (n, least, zip(most, least).map { $0 - $1 })
    }

    var floats: [Float] { least + span }
    var bytesInMemory: Int { 4 * floats.count }

    /// A block is `[width / 4, 16, 4]` bytes, each less 128.
    func codes(_ residuals: [Float], lengths: [Int]) -> SegmentCodes {
        let width = shape.highDim
        var codes = SegmentCodes()
        for rows in listRanges(lengths) {
            var bytes = [Int8](repeating: 0, count: rows.count * width)
            for (place, row) in rows.enumerated() {
                for i in 0..<embedDim {
                    bytes[place * width + i] = Int8(bitPattern: byte(residuals[row * embedDim + i], i) ^ 0x80)
                }
            }
            let scales = [Float](repeating: 1, count: rows.count)
            let panels = BytePanels(QuantizedRows(width: width, bytes: bytes, scales: scales))
            codes.high += panels.bytes.map { UInt8(bitPattern: $0) }
        }
        return codes
    }

    /// The byte of a number of dimension `i`.
    func byte(_ x: Float, _ i: Int) -> UInt8 {
        guard span[i] > 0 else { return 0 }
        return UInt8(255 * min(max((x - least[i]) / span[i], 0), 1))
    }

    /// `q·x ≈ Σ q·least + Σ (q·span/255)·(byte + ½)`; bytes are stored less 128.
    func coded(_ queries: [Float]) -> CodedQueries {
        var weights: [Float] = [], offsets: [Float] = []
        weights.reserveCapacity(queries.count)
        for start in stride(from: 0, to: queries.count, by: embedDim) {
            var offset: Float = 0
            for i in 0..<embedDim {
                let weight = queries[start + i] * (span[i] / 255)
                weights.append(weight)
                offset += queries[start + i] * least[i] + 128.5 * weight
            }
            offsets.append(offset)
        }
        return CodedQueries(queries, weights: weights, offsets: offsets, shape: shape)
    }
}
