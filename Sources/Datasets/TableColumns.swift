import Failures

/// Which column of a table holds the picture, which the caption, and whether the first row names them.
struct TableColumns: Equatable {
    var picture: Int
    var caption: Int
    var count: Int
    var names: [String]?  // of the first row, if it is a header

    /// Looks at the first rows of `table`.
    init(of table: DelimitedText, in path: String, _ settings: ReaderSettings) throws(Failure) {
        let rows = table.head(50).map { table.texts($0) }
        guard let first = rows.first else { throw Self.unclear(path, "the table is empty") }
        let header = try Self.header(first, rows, path, settings)
        let body = header == nil ? rows : Array(rows.dropFirst())
        names = header
        count = first.count
        let picture =
            try Self.column(settings.csvImageKey, header, path) ?? Self.pictureColumn(header, body, width: count)
        guard let picture else {
            throw Self.unclear(path, "no column looks like a picture's path (\(Self.shown(first)))")
        }
        let caption =
            try Self.column(settings.csvCaptionKey, header, path)
            ?? Self.captionColumn(header, body, width: count, besides: picture)
        guard let caption else { throw Self.unclear(path, "no column looks like a caption (\(Self.shown(first)))") }
        self.picture = picture
        self.caption = caption
    }

    /// `filepath → picture, title → caption`.
    var description: String {
        let pictureName = names?[picture] ?? "column \(picture + 1)"
        let captionName = names?[caption] ?? "column \(caption + 1)"
        return "\(pictureName) → picture, \(captionName) → caption"
    }

    /// The first row, if it names the columns: a name that was asked for, a usual name, or no picture's path above some.
    private static func header(
        _ first: [String], _ rows: [[String]], _ path: String, _ settings: ReaderSettings
    ) throws(Failure) -> [String]? {
        let names = first.map(\.trimmed)
        if settings.csvImageKey != nil || settings.csvCaptionKey != nil { return names }
        if names.contains(where: FileNames.isPicture) { return nil }
        if ColumnNames.find(ColumnNames.picture + ColumnNames.caption, in: names) != nil { return names }
        return rows.dropFirst().contains { $0.contains(where: FileNames.isPicture) } ? names : nil
    }

    private static func column(_ key: String?, _ header: [String]?, _ path: String) throws(Failure) -> Int? {
        guard let key else { return nil }
        guard let column = header?.firstIndex(of: key) else {
            throw unclear(path, "no column \"\(key)\" (\(shown(header ?? [])))")
        }
        return column
    }

    private static func pictureColumn(_ header: [String]?, _ rows: [[String]], width: Int) -> Int? {
        let hits = (0..<width).map { column in
            rows.count { column < $0.count && FileNames.isPicture($0[column].trimmed) }
        }
        if let most = hits.max(), most * 2 > rows.count, most > 0 { return hits.firstIndex(of: most) }
        if let header { return ColumnNames.find(ColumnNames.picture, in: header) }
        return width == 2 ? 0 : nil
    }

    private static func captionColumn(_ header: [String]?, _ rows: [[String]], width: Int, besides picture: Int) -> Int?
    {
        if let header {
            let others = header.enumerated().map { $0.offset == picture ? "" : $0.element }
            if let column = ColumnNames.find(ColumnNames.caption, in: others) { return column }
        }
        let lengths = (0..<width).map { column in
            column == picture ? -1 : rows.reduce(0) { $0 + (column < $1.count ? $1[column].utf8.count : 0) }
        }
        guard let longest = lengths.max(), longest >= 0 else { return nil }
        return lengths.firstIndex(of: longest)
    }

    private static func shown(_ names: [String]) -> String {
        let shown = names.prefix(8).map { "\"\($0.prefix(30))\"" }.joined(separator: ", ")
        return names.count == 1 ? "the only field is \(shown)" : "the first row is \(shown)"
    }

    private static func unclear(_ path: String, _ reason: String) -> Failure {
        Failure(
            .badData, "cannot read table", at: path, because: reason,
            try: "name the columns with --csv-img-key and --csv-caption-key, the separator with --csv-separator")
    }
}
