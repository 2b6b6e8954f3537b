public import Failures
import Storage

/// FAISS's index files: `faiss.write_index`, `faiss.read_index`.
///
/// Read: `IxFI`, `IxF2`, `IxM2`, `IxMp`, `IwFl`, `IwSq` and `IxSQ` of 8 bits and of half precision, `IxPT` of linear
/// transforms. Written: `IwFl` where the index has lists, so that FAISS visits the lists that we visit; else `IxFI` in
/// an `IxM2`. Layouts: `faiss/impl/index_read.cpp` of version 1.15.
public enum FAISSFormat: VectorFormat {
    /// The word after `--format`.
    public static let name = "faiss"
    /// One line for the help.
    public static let summary = "FAISS's index, 32-bit floats, with our lists"
    /// How such files are named.
    public static let endings = [".faiss", ".index", ".ivf"]

    /// Opens a file; see `VectorFormat`.
    public static func read(_ path: String) throws(Failure) -> VectorTable { try readFAISS(path) }

    /// Writes an index; see `VectorFormat`.
    public static func write(_ export: VectorExport, to path: String) throws(Failure) {
        try FAISSWriter(isHalf: false).write(export, to: path)
    }
}

/// FAISS's index files in half precision: `IwSq`, or `IxSQ` in an `IxM2`. Half the bytes of `FAISSFormat`.
public enum FAISSHalfFormat: VectorFormat {
    /// The word after `--format`.
    public static let name = "faiss-fp16"
    /// One line for the help.
    public static let summary = "FAISS's index, 16-bit floats, with our lists"
    /// How such files are named.
    public static let endings: [String] = []

    /// Opens a file; see `VectorFormat`.
    public static func read(_ path: String) throws(Failure) -> VectorTable { try readFAISS(path) }

    /// Writes an index; see `VectorFormat`.
    public static func write(_ export: VectorExport, to path: String) throws(Failure) {
        try FAISSWriter(isHalf: true).write(export, to: path)
    }
}

/// What all of FAISS's indexes begin with, behind the four letters.
struct FAISSHeader {
    var embedDim: Int, count: Int, isInnerProduct: Bool

    /// The 33 bytes.
    var bytes: [UInt8] {
        let unused = littleEndian(Int64(1 << 20))
        return littleEndian(UInt32(embedDim)) + littleEndian(Int64(count)) + unused + unused + [1]
            + littleEndian(UInt32(isInnerProduct ? 0 : 1))
    }

    /// The header of an index of inner products.
    init(embedDim: Int, count: Int) { (self.embedDim, self.count, isInnerProduct) = (embedDim, count, true) }

    init(_ cursor: inout FileCursor) throws(Failure) {
        let width: Int32 = try cursor.integer("dimensions"), rows: Int64 = try cursor.integer("vectors")
        _ = try cursor.skip(2, of: 8, "unused numbers")
        let isTrained: UInt8 = try cursor.integer("flag"), metric: Int32 = try cursor.integer("metric")
        if metric > 1 { _ = try cursor.float("metric argument") }
        guard (1...65_536).contains(width), (0...1 << 40).contains(rows), isTrained <= 1 else {
            throw .badVectors(cursor.path, "it says \(rows) vectors of \(width) dimensions")
        }
        guard metric == 0 || metric == 1 else {
            throw .badVectors(
                cursor.path, "its metric is number \(metric)", try: "give one of inner products or of L2 distances")
        }
        (embedDim, count, isInnerProduct) = (Int(width), Int(rows), metric == 0)
    }
}
