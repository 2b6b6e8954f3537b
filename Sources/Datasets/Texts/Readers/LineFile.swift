import Failures
import Storage

/// A text file in which each line is a document.
struct LineFile: CorpusReader {
    static let name = "lines of text"
    static let looksLike = "a text file with a document a line"

    /// Endings of files that hold something else than plain text.
    private static let otherEndings: Set<String> = [
        "json", "jsonl", "csv", "tsv", "tar", "gz", "zip", "parquet", "pdf", "html", "htm", "xml", "docx", "sqlite",
        "npy",
    ]

    static func recognizes(_ path: String) -> Bool {
        FileKind(path) == .file && !FileNames.isPicture(path) && !otherEndings.contains(FileNames.ending(path))
    }

    static func read(_ path: String, into collector: inout DocumentCollector) throws(Failure) -> String? {
        let text = try TextLines(path), file = FileNames.last(path)
        for line in text.lines where !line.isBlank {
            guard let document = text.text(line) else {
                collector.skip("\(file):\(line.number)", "not UTF-8")
                continue
            }
            collector.add(blocks: [document], at: "\(file):\(line.number)")
        }
        return nil
    }
}
