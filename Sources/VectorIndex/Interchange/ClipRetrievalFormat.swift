public import Failures
import Foundation
import Storage

/// The folder that clip-retrieval's `inference` writes: matrices of NumPy in `img_emb/` or `text_emb/`, in the order of
/// their names, and what is known of the rows in `metadata/`. Rows are numbered by their order.
///
/// Its metadata are Parquet, which is not read here; JSON lines with `image_path` and `caption` in their place are, and
/// are what is written.
public enum ClipRetrievalFormat: VectorFormat {
    /// The word after `--format`.
    public static let name = "clip-retrieval"
    /// One line for the help.
    public static let summary = "the folder of embeddings that clip-retrieval makes"
    /// How such files are named.
    public static let endings: [String] = []
    private static let folders = ["img_emb", "text_emb"]
    private static let rowsPerFile = 1_000_000

    /// Whether a path is to be read so.
    public static func recognizes(_ path: String) -> Bool {
        FileKind(path) == .folder
            && (folders.contains { FileKind("\(path)/\($0)") == .folder } || !matrices(path).isEmpty)
    }

    /// Opens a file; see `VectorFormat`.
    public static func read(_ path: String) throws(Failure) -> VectorTable {
        let found = folders.filter { !matrices("\(path)/\($0)").isEmpty }
        let folder = found.first.map { "\(path)/\($0)" } ?? path
        var files: [NumPyFile] = []
        for name in matrices(folder) { files.append(try NumPyFile("\(folder)/\(name)")) }
        guard let width = files.first?.width else {
            throw Failure(
                .missingInput, "cannot read vectors", at: path, because: "no .npy file in img_emb or text_emb",
                try: "give the folder that clip-retrieval inference wrote")
        }
        if let other = files.first(where: { $0.width != width }) {
            throw .badVectors(other.path, "its rows have \(other.width) numbers, those of \(files[0].path) \(width)")
        }
        let starts = files.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.rowCount) }, all = files
        var table = VectorTable(path, count: starts[files.count], embedDim: width) { row in
            let file = (starts.firstIndex { $0 > row } ?? all.count) - 1
            return all[file].row(row - starts[file])
        }
        if found.count == 2 { table.remarks.append("its text embeddings are left out; give \(path)/text_emb for them") }
        let metadata = "\((folder as NSString).deletingLastPathComponent)/metadata"
        table.notes = try notes(found.isEmpty ? metadata : "\(path)/metadata", count: table.count)
        if table.notes == nil && names("\(path)/metadata").contains(where: { $0.hasSuffix(".parquet") }) {
            table.remarks.append("its metadata are Parquet, which is not read: rows are known by their order alone")
        }
        return table
    }

    private static func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .sorted { $0.compare($1, options: .numeric) == .orderedAscending }
    }

    private static func matrices(_ folder: String) -> [String] { names(folder).filter { $0.hasSuffix(".npy") } }

    private struct Metadata: Codable {
        var id: Int64?
        var imagePath, caption: String?
        enum CodingKeys: String, CodingKey {
            case id, caption
            case imagePath = "image_path"
        }
    }

    private static func notes(_ folder: String, count: Int) throws(Failure) -> [RowNote]? {
        var notes: [RowNote] = []
        for name in names(folder) where name.hasSuffix(".jsonl") {
            let bytes = try MappedFile("\(folder)/\(name)").copy()
            for (number, line) in bytes.split(separator: 0x0A).enumerated() {
                guard let row = try? JSONDecoder().decode(Metadata.self, from: Data(line)) else {
                    throw .badVectors(
                        "\(folder)/\(name):\(number + 1)", "not a JSON object with image_path and caption")
                }
                notes.append(RowNote(name: row.imagePath, caption: row.caption))
            }
        }
        guard !notes.isEmpty else { return nil }
        guard notes.count == count else {
            throw .badVectors(folder, "\(notes.count) lines of metadata for \(count) rows")
        }
        return notes
    }

    /// Writes files of a million rows each; the folder must be new, and has its name once all of them are whole.
    public static func write(_ export: VectorExport, to path: String) throws(Failure) {
        guard FileKind(path) == .missing else {
            throw Failure(
                .cannotWrite, "cannot write vectors", at: path, because: "it exists",
                try: "give the name of a new folder")
        }
        let temporary = "\(path).writing-\(getpid())", manager = FileManager.default
        do throws(Failure) {
            try writeAll(export, to: temporary)
            do { try manager.moveItem(atPath: temporary, toPath: path) } catch {
                throw Failure(
                    .cannotWrite, "cannot write vectors", at: path, because: "the folder cannot be renamed",
                    try: "check the path and the disk")
            }
        } catch {
            try? manager.removeItem(atPath: temporary)
            throw error
        }
    }

    private static func writeAll(_ export: VectorExport, to path: String) throws(Failure) {
        let stem = export.isOfTexts ? "text_emb" : "img_emb", ids = export.snapshot.ids
        for folder in [stem, "metadata"] { try AtomicFile.makeFolder("\(path)/\(folder)") }
        for (number, start) in stride(from: 0, to: ids.count, by: rowsPerFile).enumerated() {
            let some = ids[start..<min(start + rowsPerFile, ids.count)], wanted = Set(some)
            var index = export.snapshot.restricted(to: wanted.contains)
            let digits = String(number), suffix = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            try AtomicFile.write(to: "\(path)/\(stem)/\(stem)_\(suffix).npy") { (file) throws(Failure) in
                try file.appendNumPyHeader(rows: some.count, width: index.embedDim)
                try index.forEachBlock { (_, vectors) throws(Failure) in try file.append(vectors.span) }
            }
            try AtomicFile.write(to: "\(path)/metadata/metadata_\(suffix).jsonl") { (file) throws(Failure) in
                for id in some {
                    let note = export.notes[id]
                    let row = Metadata(id: id, imagePath: note?.name, caption: note?.caption)
                    try file.append(try encodeJSON(row, for: path) + [0x0A])
                }
            }
        }
    }
}
