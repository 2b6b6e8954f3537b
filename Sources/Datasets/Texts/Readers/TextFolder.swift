import Failures
import Storage

/// A folder of `.txt` and `.md` files, at any depth, each of which is a document; or a single `.md` file.
///
/// A folder with a single file of lines or of paragraphs, or a single table, is the same as that file.
struct TextFolder: CorpusReader {
    static let name = "a document a file"
    static let looksLike = "a folder of .txt or .md files"
    private static let plain: Set<String> = ["txt", "text"], markdown: Set<String> = ["md", "markdown"]

    static func recognizes(_ path: String) -> Bool {
        isMarkdownFile(path) || !files(path).isEmpty
    }

    private static func isMarkdownFile(_ path: String) -> Bool {
        FileKind(path) == .file && markdown.contains(FileNames.ending(path))
    }

    static func read(_ path: String, into collector: inout DocumentCollector) throws(Failure) -> String? {
        guard FileKind(path) == .folder else {
            collector.add(blocks: try blocks(of: path), at: FileNames.last(path))
            return nil
        }
        let files = Self.files(path)
        if files.count == 1, let reader = corpusReader(for: FileNames.join(path, files[0])) {
            let more = try reader.read(FileNames.join(path, files[0]), into: &collector)
            return "\(files[0]): " + ([reader.name] + (more.map { [$0] } ?? [])).joined(separator: ", ")
        }
        for file in files {
            do throws(Failure) {
                collector.add(blocks: try blocks(of: FileNames.join(path, file)), at: file)
            } catch { collector.skip(file, error.why) }
        }
        return nil
    }

    /// The files that are documents, relative to the folder; a table only where it is the folder's only file.
    private static func files(_ path: String) -> [String] {
        guard FileKind(path) == .folder else { return [] }
        let names = FileNames.below(path)
        let texts = names.filter { plain.union(markdown).contains(FileNames.ending($0)) }
        let tables = names.filter { PairTable.endings.contains(FileNames.ending($0)) }
        return texts.isEmpty && tables.count == 1 ? tables : texts
    }

    /// A file's text, without mark-up; no sentence reaches over a block's end.
    private static func blocks(of path: String) throws(Failure) -> [String] {
        let text = try TextLines(path)
        if markdown.contains(FileNames.ending(path)) {
            guard let whole = String(validating: text.bytes, as: UTF8.self) else { throw notUTF8(path) }
            return MarkdownText.blocks(of: whole)
        }
        var paragraphs: [[String]] = []
        for group in text.groups {
            var lines: [String] = []
            for line in group {
                guard let found = text.text(line) else { throw notUTF8(path) }
                lines.append(found)
            }
            paragraphs.append(lines)
        }
        let wrapping = WrappedLines(paragraphs)
        return paragraphs.flatMap { wrapping.blocks(of: $0) }
    }

    private static func notUTF8(_ path: String) -> Failure { .unusableText(path, "not UTF-8", "save it as UTF-8") }
}
