import Kernels

/// No codes: the rows of visited lists are compared as they are stored, in half precision.
struct FlatCodec: ListCodec {
    static let name = "flat"
    static let summary = "no codes: all rows of visited lists are compared"
    static let scoring = CodeScoring.rows
    static let rowCost = 25.0

    let embedDim: Int
    let floats: [Float] = []

    static func shape(embedDim: Int) -> CodeShape { CodeShape(embedDim: embedDim, numbers: 0, blockBytes: 0) }
    static func counts(embedDim: Int) -> (floats: Int, panels: Int) { (0, 0) }

    init(embedDim: Int, floats: [Float], panels: BytePanels) { self.embedDim = embedDim }
    init(embedDim: Int, residuals: [Float], queries: [LearningQueries]) { self.embedDim = embedDim }

    var bytesInMemory: Int { 0 }

    func codes(_ residuals: [Float], lengths: [Int]) -> SegmentCodes { SegmentCodes() }
    func coded(_ queries: [Float]) -> CodedQueries { CodedQueries(queries, shape: shape) }
}
