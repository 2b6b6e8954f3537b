import Failures
import Storage

/// Reads one table of pictures and captions into a collector.
enum TableRows {
    /// Adds every row of the table at `path`; pictures are relative to its folder. Gives what was understood.
    static func read(
        _ path: String, prefix: String = "", part: SampleCollector.Part = .training, _ settings: ReaderSettings,
        into collector: inout SampleCollector
    ) throws(Failure) -> String {
        let bytes = try MappedFile(path).copy()
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw Failure(.badData, "cannot read table", at: path, because: "UTF-16", try: "save it as UTF-8")
        }
        let separator = try separator(of: bytes, path, settings)
        let table = DelimitedText(bytes, separator: separator)
        let columns = try TableColumns(of: table, in: path, settings)
        let folder = FileNames.folder(path), file = FileNames.join(prefix, FileNames.last(path))
        var isHeader = columns.names != nil
        table.forEach { row in
            if isHeader {
                isHeader = false
                return true
            }
            add(row, of: table, columns, in: folder, prefix, "\(file):\(row.line)", part, into: &collector)
            return true
        }
        return "\(name(of: separator))-separated, \(columns.description)"
    }

    private static func add(
        _ row: DelimitedText.Row, of table: DelimitedText, _ columns: TableColumns, in folder: String,
        _ prefix: String, _ place: String, _ part: SampleCollector.Part, into collector: inout SampleCollector
    ) {
        guard row.fields.count == columns.count else {
            let found =
                "expected \(columns.count) \(name(of: table.separator))-separated fields, found \(row.fields.count)"
            return collector.skip(place, found)
        }
        guard let picture = table.text(row.fields[columns.picture]),
            let caption = table.text(row.fields[columns.caption])
        else { return collector.skip(place, "not UTF-8") }
        collector.add(picture, in: folder, prefix: prefix, captions: [caption], at: place, part: part)
    }

    /// The separator that was asked for, or the first of tab, comma, semicolon and bar that stands in each of the first lines.
    private static func separator(of bytes: [UInt8], _ path: String, _ settings: ReaderSettings) throws(Failure)
        -> UInt8
    {
        if let asked = settings.csvSeparator {
            let plain = asked == "\\t" ? "\t" : asked
            guard plain.utf8.count == 1, let byte = plain.utf8.first, byte != UInt8(ascii: "\n") else {
                throw Failure(
                    .badSettings, "cannot use separator", at: "--csv-separator \(asked)",
                    because: "expected 1 ASCII character, found \(asked.count)", try: "give one such as , or \\t")
            }
            return byte
        }
        let lines = bytes.prefix(1 << 16).split(separator: UInt8(ascii: "\n")).prefix(20)
        let candidates: [UInt8] = [
            UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"),
        ]
        let usual = FileNames.ending(path) == "csv" ? candidates[1] : candidates[0]
        return candidates.first { candidate in lines.allSatisfy { $0.contains(candidate) } } ?? usual
    }

    private static func name(of separator: UInt8) -> String {
        switch separator {
        case UInt8(ascii: "\t"): "tab"
        case UInt8(ascii: ","): "comma"
        case UInt8(ascii: ";"): "semicolon"
        default: "\"\(Character(UnicodeScalar(separator)))\""
        }
    }
}
