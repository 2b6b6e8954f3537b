/// A table as text: rows of fields between separators, UTF-8, any line ending, with or without byte-order mark.
///
/// Quotes follow RFC 4180: a field that begins with `"` ends at the next lone `"`, and `""` inside stands for one. In
/// text separated by tabs a quote is a plain character.
struct DelimitedText {
    /// One row: where it begins, and its fields.
    struct Row {
        var line: Int  // from 1
        var fields: [Field]
    }

    /// The bytes of one field, without its quotes.
    struct Field {
        var range: Range<Int>
        var isQuoted = false
    }

    let bytes: [UInt8]
    let separator: UInt8
    private var hasQuotes: Bool { separator != UInt8(ascii: "\t") }
    private var start: Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

    init(_ bytes: [UInt8], separator: UInt8) {
        self.bytes = bytes
        self.separator = separator
    }

    /// The text of one field; nil if it is not UTF-8.
    func text(_ field: Field) -> String? {
        guard let text = String(validating: bytes[field.range], as: UTF8.self) else { return nil }
        return field.isQuoted
            ? text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"") : text
    }

    /// The texts of all fields of a row; those that are not UTF-8 are empty.
    func texts(_ row: Row) -> [String] { row.fields.map { text($0) ?? "" } }

    /// The first rows, at most `count`.
    func head(_ count: Int) -> [Row] {
        var rows: [Row] = []
        forEach { row in
            rows.append(row)
            return rows.count < count
        }
        return rows
    }

    /// Visits the rows that are not blank until `body` says false.
    func forEach(_ body: (Row) -> Bool) {
        var position = start, line = 1
        while position < bytes.count {
            let (row, next, lines) = row(at: position, line: line)
            position = next
            line += lines
            let isBlank = row.fields.count == 1 && row.fields[0].range.isEmpty
            if !isBlank && !body(row) { return }
        }
    }

    /// The row that begins at `position`, where the next begins, and how many lines it covers.
    private func row(at position: Int, line: Int) -> (Row, next: Int, lines: Int) {
        var fields: [Field] = []
        var i = position, lines = 0
        while true {
            if hasQuotes, i < bytes.count, bytes[i] == UInt8(ascii: "\""), let end = closingQuote(from: i + 1) {
                fields.append(Field(range: i + 1..<end, isQuoted: true))
                lines += bytes[i..<end].count { $0 == UInt8(ascii: "\n") }
                i = end + 1
            } else {
                let begin = i
                while i < bytes.count, bytes[i] != separator, bytes[i] != UInt8(ascii: "\n") { i += 1 }
                let atLineEnd = i == bytes.count || bytes[i] == UInt8(ascii: "\n")
                let end = atLineEnd && i > begin && bytes[i - 1] == UInt8(ascii: "\r") ? i - 1 : i
                fields.append(Field(range: begin..<end))
            }
            guard i < bytes.count, bytes[i] == separator else { break }
            i += 1
        }
        if i < bytes.count, bytes[i] == UInt8(ascii: "\r") { i += 1 }  // behind a quoted last field
        return (Row(line: line, fields: fields), min(i + 1, bytes.count), lines + 1)
    }

    /// The quote that ends a field: a lone one before a separator or the end of a line. Nil if there is none within
    /// 64 KiB; the opening quote is then a plain character, so that a forgotten one cannot swallow the table.
    private func closingQuote(from begin: Int) -> Int? {
        var i = begin
        while i < min(bytes.count, begin + 65_536) {
            guard bytes[i] == UInt8(ascii: "\"") else {
                i += 1
                continue
            }
            let next = i + 1 < bytes.count ? bytes[i + 1] : UInt8(ascii: "\n")
            switch next {
            case UInt8(ascii: "\""): i += 2
            case separator, UInt8(ascii: "\n"): return i
            case UInt8(ascii: "\r") where i + 2 >= bytes.count || bytes[i + 2] == UInt8(ascii: "\n"): return i
            default: return nil
            }
        }
        return nil
    }
}
