/// A small table in aligned columns, for a person to read; the first column is flush left, the others flush right.
public struct Table {
    private let rows: [[String]]

    /// A table with a heading and rows of as many cells.
    public init(_ heading: [String], _ rows: [[String]]) {
        precondition(
            rows.allSatisfy { $0.count == heading.count }, "every row needs \(heading.count) cells, as the heading has")
        self.rows = [heading] + rows
    }

    /// The table's lines, the heading first.
    public var lines: [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + padding : padding + row[column]
            }.joined(separator: "  ")
        }
    }
}
