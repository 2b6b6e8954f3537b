import Failures
import Storage

/// A text file whose documents are separated by blank lines. Each of a document's lines is a sentence, or holds
/// several; where lines were wrapped to a width, sentences reach over their ends.
struct ParagraphFile: CorpusReader {
    static let name = "documents between blank lines"
    static let looksLike = "a text file with blank lines between documents"

    static func recognizes(_ path: String) -> Bool {
        LineFile.recognizes(path) && ((try? TextLines(path))?.haveGaps ?? false)
    }

    static func read(_ path: String, into collector: inout DocumentCollector) throws(Failure) -> String? {
        let text = try TextLines(path), file = FileNames.last(path)
        var paragraphs: [(line: Int, lines: [String])] = []
        for group in text.groups {
            var lines: [String] = []
            for line in group {
                if let found = text.text(line) {
                    lines.append(found)
                } else {
                    collector.skip("\(file):\(line.number)", "not UTF-8")
                }
            }
            if !lines.isEmpty { paragraphs.append((group[group.startIndex].number, lines)) }
        }
        let wrapping = WrappedLines(paragraphs.map(\.lines))
        for paragraph in paragraphs {
            collector.add(blocks: wrapping.blocks(of: paragraph.lines), at: "\(file):\(paragraph.line)")
        }
        return wrapping.isWrapped ? "wrapped lines are joined" : nil
    }
}
