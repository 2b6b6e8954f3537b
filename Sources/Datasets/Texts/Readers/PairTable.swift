import Failures
import Storage

/// A table of two columns, without a header or with one that is recognised: each row is a document of two parts.
///
/// Of a table with more columns, two that the header names are taken: `sentence1` and `sentence2`, `question` and
/// `answer`.
struct PairTable: CorpusReader {
    static let name = "table of two columns"
    static let looksLike = "a .tsv with two columns"
    static let endings: Set<String> = ["tsv", "tab", "csv"]

    /// What people call the two columns, in order of preference; compared without case, spaces, `_` and `-`.
    private static let names = (
        first: [
            "sentence1", "text1", "question1", "anchor", "premise", "query", "question", "source", "first", "left",
            "word",
            "term", "title", "sent1", "s1", "sentencea",
        ],
        second: [
            "sentence2", "text2", "question2", "positive", "hypothesis", "answer", "passage", "target", "paraphrase",
            "second", "right", "definition", "description", "text", "sent2", "s2", "sentenceb",
        ]
    )

    static func recognizes(_ path: String) -> Bool {
        FileKind(path) == .file && endings.contains(FileNames.ending(path))
    }

    static func read(_ path: String, into collector: inout DocumentCollector) throws(Failure) -> String? {
        let bytes = try TextLines(path).bytes, file = FileNames.last(path)
        let isCSV = FileNames.ending(path) == "csv"
        let table = DelimitedText(bytes, separator: UInt8(ascii: isCSV ? "," : "\t"))
        guard let head = table.head(1).first.map(table.texts) else {
            throw .unusableText(path, "the table is empty", "give rows of two columns")
        }
        let header = Self.header(head)
        let columns = header ?? (0, 1), count = header == nil ? 2 : head.count
        var isHeader = header != nil
        table.forEach { row in
            defer { isHeader = false }
            if !isHeader { add(row, of: table, columns, count: count, at: "\(file):\(row.line)", &collector) }
            return true
        }
        return header.map { "\(head[$0.first]) and \(head[$0.second])" }
    }

    private static func add(
        _ row: DelimitedText.Row, of table: DelimitedText, _ columns: (first: Int, second: Int), count: Int,
        at place: String, _ collector: inout DocumentCollector
    ) {
        guard row.fields.count == count else {
            let separator = table.separator == UInt8(ascii: ",") ? "comma" : "tab"
            return collector.skip(place, "expected \(count) \(separator)-separated fields, found \(row.fields.count)")
        }
        guard let first = table.text(row.fields[columns.first]), let second = table.text(row.fields[columns.second])
        else { return collector.skip(place, "not UTF-8") }
        collector.add(columns: [first, second], at: place)
    }

    /// The two columns that the first row names; nil if it is no header.
    static func header(_ names: [String]) -> (first: Int, second: Int)? {
        guard let first = ColumnNames.find(Self.names.first, in: names) else { return nil }
        let others = names.enumerated().map { $0.offset == first ? "" : $0.element }
        guard let second = ColumnNames.find(Self.names.second, in: others) else { return nil }
        return (first, second)
    }
}
