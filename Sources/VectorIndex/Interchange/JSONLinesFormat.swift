public import Failures
import Foundation
import Storage

/// One JSON object a line, as vector databases take them in: `{"id": 7, "vector": […], "metadata": {"path": …,
/// "caption": …}}`.
///
/// Read as well: `values` or `embedding` for the vector, `payload` for the metadata, `name` for the path, either at the
/// top. An `id` that is a text becomes the name; rows are then numbered by their order.
public enum JSONLinesFormat: VectorFormat {
    /// The word after `--format`.
    public static let name = "jsonl"
    /// One line for the help.
    public static let summary = "one JSON object a line: id, vector, metadata"
    /// How such files are named.
    public static let endings = [".jsonl", ".ndjson"]

    private struct Row: Codable {
        var id: Int64
        var vector: [Float]
        var metadata: [String: String]?
    }

    /// Opens a file; see `VectorFormat`.
    public static func read(_ path: String) throws(Failure) -> VectorTable {
        let file = try MappedFile(path)
        var rows: [Float] = [], ids: [Int64] = [], notes: [RowNote] = [], width = 0, count = 0, line = 0, start = 0
        let bytes = Data(file.copy())
        while start < bytes.count {
            line += 1
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let text = bytes[start..<end]
            start = end + 1
            guard text.contains(where: { $0 > 0x20 }) else { continue }
            let object = (try? JSONSerialization.jsonObject(with: text)) as? [String: Any]
            let numbers = ["vector", "values", "embedding"].lazy.compactMap { object?[$0] as? [NSNumber] }.first
            guard let object, let numbers, !numbers.isEmpty, width == 0 || numbers.count == width else {
                throw .badVectors(
                    "\(path):\(line)", "found no vector" + (width > 0 ? " of \(width) numbers" : ""),
                    try: "give one JSON object a line, with a vector of the same length in each")
            }
            width = numbers.count
            rows += numbers.map(\.floatValue)
            if let id = object["id"] as? NSNumber, let whole = Int64(exactly: id) { ids.append(whole) }
            notes.append(note(of: object))
            count += 1
        }
        guard count > 0 else { throw .badVectors(path, "it has no line with a vector") }
        guard ids.isEmpty || ids.count == count else {
            throw .badVectors(
                path, "\(ids.count) of \(count) lines have a whole number as id", try: "give all of them one")
        }
        let (all, embedDim) = (rows, width)
        var table = VectorTable(path, count: count, embedDim: embedDim) {
            Array(all[$0 * embedDim..<($0 + 1) * embedDim])
        }
        table.ids = ids.isEmpty ? nil : ids
        table.notes = notes.contains { $0 != RowNote() } ? notes : nil
        return table
    }

    private static func note(of object: [String: Any]) -> RowNote {
        let inner = (object["metadata"] ?? object["payload"]) as? [String: Any] ?? [:]
        func text(_ keys: [String]) -> String? { keys.lazy.compactMap { (inner[$0] ?? object[$0]) as? String }.first }
        return RowNote(name: text(["path", "name", "image_path", "id"]), caption: text(["caption", "text"]))
    }

    /// Writes an index; see `VectorFormat`.
    public static func write(_ export: VectorExport, to path: String) throws(Failure) {
        var index = export.snapshot
        let width = index.embedDim
        try AtomicFile.write(to: path) { (file) throws(Failure) in
            try index.forEachBlock { (ids, vectors) throws(Failure) in
                for (row, id) in ids.enumerated() {
                    let note = export.notes[id]
                    var metadata: [String: String] = [:]
                    metadata["path"] = note?.name
                    metadata["caption"] = note?.caption
                    let line = Row(
                        id: id, vector: Array(vectors[row * width..<(row + 1) * width]),
                        metadata: metadata.isEmpty ? nil : metadata)
                    try file.append(try encodeJSON(line, for: path) + [0x0A])
                }
            }
        }
    }
}
