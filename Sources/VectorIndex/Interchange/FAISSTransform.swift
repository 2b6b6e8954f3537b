import Failures
import Kernels
import Storage

/// The linear transforms in an `IxPT`: `LTra`, `rrot`, `Pcam`, and `VNrm`, which only makes lengths one.
enum FAISSTransform {
    /// All transforms as one; nil where lengths alone are changed.
    static func chain(_ cursor: inout FileCursor, embedDim: Int) throws(Failure) -> FittedTransform? {
        let length: Int32 = try cursor.integer("transforms")
        guard (0...8).contains(length) else { throw .badVectors(cursor.path, "it says \(length) transforms") }
        var transform: FittedTransform?
        for _ in 0..<length {
            let width = transform?.outputDim ?? embedDim
            guard let next = try one(&cursor, inputDim: width) else { continue }
            guard transform == nil else {
                throw .badVectors(cursor.path, "several transforms follow each other", try: "keep one of them")
            }
            transform = next
        }
        return transform
    }

    private static func one(_ cursor: inout FileCursor, inputDim: Int) throws(Failure) -> FittedTransform? {
        let kind = try FAISSIndex.letters(&cursor), path = cursor.path
        guard ["LTra", "rrot", "Pcam", "VNrm"].contains(kind) else {
            throw .badVectors(path, "its transform is \(kind)", try: "give LTra, rrot, Pcam or VNrm")
        }
        var matrix: [Float] = [], offset: [Float] = []
        if kind == "VNrm" {
            _ = try cursor.float("norm")
        } else {
            if kind == "Pcam" {
                _ = try cursor.skip(13, of: 1, "settings of principal components")
                for part in ["means", "eigenvalues", "directions"] { _ = try cursor.floatVector(part) }
            }
            let hasOffset: UInt8 = try cursor.integer("flag")
            matrix = try cursor.floatVector("numbers of a matrix")
            offset = try cursor.floatVector("numbers of an offset")
            if hasOffset == 0 { offset = [] }
        }
        let from: Int32 = try cursor.integer("dimensions"), to: Int32 = try cursor.integer("dimensions")
        _ = try cursor.skip(1, of: 1, "flag")
        guard from == Int32(inputDim), (1...from).contains(to) else {
            throw .badVectors(path, "a transform from \(from) to \(to) dimensions, expected from \(inputDim)")
        }
        guard kind != "VNrm" else { return nil }
        guard matrix.count == Int(from) * Int(to), offset.isEmpty || offset.count == Int(to) else {
            throw .badVectors(path, "\(matrix.count) numbers in a matrix from \(from) to \(to) dimensions")
        }
        guard let mean = offset.isEmpty ? [] : mean(matrix, offset, inputDim: inputDim) else {
            throw .badVectors(path, "its transform adds what no mean can take off", try: "leave the offset out")
        }
        return FittedTransform("faiss", inputDim: inputDim, outputDim: Int(to), mean: mean, matrix: matrix)
    }

    /// The shortest `μ` with `−W·μ = b`, by Gauss's elimination of `W·Wᵀ·z = −b`, `μ = Wᵀ·z`; nil where there is none.
    private static func mean(_ matrix: [Float], _ offset: [Float], inputDim: Int) -> [Float]? {
        let n = offset.count, w = matrix.map { Double($0) }
        var rows = (0..<n).map { i in
            (0..<n).map { j in (0..<inputDim).reduce(0.0) { $0 + w[i * inputDim + $1] * w[j * inputDim + $1] } }
                + [-Double(offset[i])]
        }
        for column in 0..<n {
            let pivot = (column..<n).max { rows[$0][column].magnitude < rows[$1][column].magnitude } ?? column
            guard rows[pivot][column].magnitude > 1e-12 else { return nil }
            rows.swapAt(column, pivot)
            for row in 0..<n where row != column {
                let factor = rows[row][column] / rows[column][column]
                guard factor != 0 else { continue }
                for i in column...n { rows[row][i] -= factor * rows[column][i] }
            }
        }
        let z = (0..<n).map { rows[$0][n] / rows[$0][$0] }
        return (0..<inputDim).map { i in Float((0..<n).reduce(0.0) { $0 + w[$1 * inputDim + i] * z[$1] }) }
    }
}
