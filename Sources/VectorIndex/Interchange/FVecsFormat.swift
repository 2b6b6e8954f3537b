public import Failures
import Storage

/// `.fvecs`: of each vector its length as a 32-bit integer, then its floats (Jégou et al., the BIGANN sets).
public enum FVecsFormat: VectorFormat {
    /// The word after `--format`.
    public static let name = "fvecs"
    /// One line for the help.
    public static let summary = "length and floats of each vector"
    /// How such files are named.
    public static let endings = [".fvecs"]

    /// Opens a file; see `VectorFormat`.
    public static func read(_ path: String) throws(Failure) -> VectorTable {
        let file = try MappedBytes(path)
        guard file.count >= 8 else { throw .badVectors(path, "it has \(file.count) bytes") }
        let width = Int(file.bytes.read { $0.integer(at: 0, as: Int32.self) })
        guard (1...65_536).contains(width), file.count % (4 + 4 * width) == 0 else {
            throw .badVectors(path, "its \(file.count) bytes are no vectors of \(width) dimensions")
        }
        let size = 4 + 4 * width, count = file.count / size
        let stranger = file.bytes.read { bytes in
            (0..<count).first { bytes.integer(at: $0 * size, as: Int32.self) != Int32(width) }
        }
        if let stranger { throw .badVectors(path, "vector \(stranger), counted from 0, has not \(width) dimensions") }
        return VectorTable(path, count: count, embedDim: width) { row in
            let start = row * size + 4
            return file.bytes.read { [Float](littleEndian: $0.extracting(start..<start + 4 * width)) }
        }
    }

    /// Writes an index; see `VectorFormat`.
    public static func write(_ export: VectorExport, to path: String) throws(Failure) {
        var index = export.snapshot
        let width = index.embedDim
        try AtomicFile.write(to: path) { (file) throws(Failure) in
            try index.forEachBlock { (ids, vectors) throws(Failure) in
                for row in ids.indices {
                    try file.append(littleEndian(UInt32(width)))
                    try file.append(vectors.span.extracting(row * width..<(row + 1) * width))
                }
            }
        }
    }
}
