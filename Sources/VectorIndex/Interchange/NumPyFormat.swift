public import Failures
import Foundation
import Storage

/// A matrix as `numpy.save` writes it, one row a vector; what the rows are stands in a `.txt` beside it, one a line.
public enum NumPyFormat: VectorFormat {
    /// The word after `--format`.
    public static let name = "npy"
    /// One line for the help.
    public static let summary = "a matrix of NumPy; names in a .txt beside it"
    /// How such files are named.
    public static let endings = [".npy"]

    /// Opens a file; see `VectorFormat`.
    public static func read(_ path: String) throws(Failure) -> VectorTable {
        let file = try NumPyFile(path)
        var table = VectorTable(path, count: file.rowCount, embedDim: file.width) { file.row($0) }
        let list = names(beside: path)
        guard FileKind(list) == .file else { return table }
        var lines = String(decoding: try MappedFile(list).copy(), as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count == table.count else {
            throw .badVectors(
                list, "it has \(lines.count) lines for the \(table.count) rows of \(path)",
                try: "give one line a row, or take the file away")
        }
        table.notes = lines.map { RowNote(name: String($0)) }
        return table
    }

    /// Writes an index; see `VectorFormat`.
    public static func write(_ export: VectorExport, to path: String) throws(Failure) {
        let list = names(beside: path)
        guard list != path else {
            throw Failure(
                .badSettings, "cannot write vectors", at: path, because: "what they are goes into a .txt beside them",
                try: "give a name that ends with .npy")
        }
        var index = export.snapshot
        let ids = index.ids
        try AtomicFile.write(to: path) { (file) throws(Failure) in
            try file.appendNumPyHeader(rows: index.count, width: index.embedDim)
            try index.forEachBlock { (_, vectors) throws(Failure) in try file.append(vectors.span) }
        }
        let areNumbered = ids.enumerated().allSatisfy { Int64($0.offset) == $0.element }
        guard !export.notes.isEmpty || !areNumbered else { return }
        // A line break would shift all that follows.
        let lines = ids.map {
            (export.notes[$0]?.name ?? "\($0)").split(whereSeparator: \.isNewline).joined(separator: " ")
        }
        try AtomicFile.write(lines.map { $0 + "\n" }.joined(), to: list)
    }

    private static func names(beside path: String) -> String { (path as NSString).deletingPathExtension + ".txt" }
}
