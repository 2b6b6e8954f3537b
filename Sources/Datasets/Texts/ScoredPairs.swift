public import Failures
import Storage

/// Pairs of texts, each with what people said of their similarity: a table of two texts and a score.
///
/// A header names the columns (`sentence1`, `sentence2`, `score`); without one, a table of three columns has the score where
/// all are numbers, and one of seven or more is laid out as the STS benchmark: Cer et al. 2017.
public struct ScoredPairs: Sendable, Equatable {
    /// The texts of each pair.
    public private(set) var first: [String] = [], second: [String] = []
    /// The score of each pair; more is more alike.
    public private(set) var scores: [Double] = []
    /// Rows that cannot be used, and why.
    public private(set) var skipped: [Skipped] = []

    private struct Columns {
        var first, second, score: Int
        var hasHeader = false
    }

    private static let scoreNames = [
        "score", "similarity", "similarityscore", "relatednessscore", "relatedness", "goldscore", "gold", "rating",
        "label",
    ]

    /// Whether the file at `path` is such a table.
    public static func recognizes(_ path: String) -> Bool {
        guard let table = try? TextTable(path) else { return false }
        return columns(of: table) != nil
    }

    /// Reads the table at `path`.
    ///
    /// - Throws: `.missingInput`; `.badData` where it is no such table, or has fewer than two pairs that can be used.
    public init(_ path: String) throws(Failure) {
        let table = try TextTable(path), file = FileNames.last(path)
        guard let columns = Self.columns(of: table) else {
            throw .unusableText(path, "it has no columns of two texts and a score", "give rows of text, text and score")
        }
        var isHeader = columns.hasHeader
        let most = max(columns.first, columns.second, columns.score)
        table.rows.forEach { row in
            defer { isHeader = false }
            guard !isHeader else { return true }
            let place = "\(file):\(row.line)"
            guard row.fields.count > most else {
                skipped.append(Skipped(name: place, reason: "expected \(most + 1) fields, found \(row.fields.count)"))
                return true
            }
            let texts = [columns.first, columns.second, columns.score].map { table.rows.text(row.fields[$0])?.trimmed }
            add(texts, at: place)
            return true
        }
        guard scores.count > 1 else {
            let why = "found \(scores.count) usable pair of two texts and a score, expected at least 2"
            throw .unusableText(
                path, why + (skipped.isEmpty ? "" : ": \(Dataset.refusals(skipped))"),
                "give rows of text, text and score")
        }
    }

    /// Some of the pairs.
    public func kept(_ places: [Int]) -> ScoredPairs {
        var kept = self
        kept.first = places.map { first[$0] }
        kept.second = places.map { second[$0] }
        kept.scores = places.map { scores[$0] }
        return kept
    }

    private mutating func add(_ texts: [String?], at place: String) {
        guard let left = texts[0], let right = texts[1], let word = texts[2] else {
            return skipped.append(Skipped(name: place, reason: "not UTF-8"))
        }
        guard !left.isEmpty, !right.isEmpty else {
            return skipped.append(Skipped(name: place, reason: "empty text"))
        }
        guard let score = Self.number(word) else {
            return skipped.append(Skipped(name: place, reason: "no number as score"))
        }
        first.append(left)
        second.append(right)
        scores.append(score)
    }

    private static func columns(of table: TextTable) -> Columns? {
        let head = table.rows.head(50).map(table.rows.texts)
        guard let names = head.first else { return nil }
        if let texts = PairTable.header(names), let score = ColumnNames.find(scoreNames, in: names),
            score != texts.first, score != texts.second, isNumeric(score, of: head.dropFirst())
        {
            return Columns(first: texts.first, second: texts.second, score: score, hasHeader: true)
        }
        let width = head.map(\.count).min() ?? 0
        if width >= 7, isNumeric(4, of: head[...]) { return Columns(first: 5, second: 6, score: 4) }
        guard width == 3, head.allSatisfy({ $0.count == 3 }) else { return nil }
        let numeric = (0..<3).filter { isNumeric($0, of: head[...]) }
        guard numeric.count == 1, let score = numeric.first, score != 1 else { return nil }
        return score == 2 ? Columns(first: 0, second: 1, score: 2) : Columns(first: 1, second: 2, score: 0)
    }

    private static func isNumeric(_ column: Int, of rows: ArraySlice<[String]>) -> Bool {
        !rows.isEmpty && rows.allSatisfy { $0.count > column && number($0[column].trimmed) != nil }
    }

    private static func number(_ text: String) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
}

/// The rows of a file with texts in columns.
struct TextTable {
    let rows: DelimitedText

    /// - Throws: `.missingInput`; `.badData` where the file is no table of texts.
    init(_ path: String) throws(Failure) {
        guard PairTable.recognizes(path) else {
            throw .unusableText(path, "it is no .tsv or .csv", "give a table of texts")
        }
        rows = DelimitedText(
            try TextLines(path).bytes, separator: UInt8(ascii: FileNames.ending(path) == "csv" ? "," : "\t"))
    }

    /// Whether a table has paths of pictures.
    static func holdsPictures(_ path: String) -> Bool {
        guard let table = try? TextTable(path) else { return false }
        return table.rows.head(50).contains { row in
            table.rows.texts(row).contains { FileNames.isPicture($0.trimmed) }
        }
    }

    /// Whether a table holds two texts a row and no picture.
    static func holdsPairs(_ path: String) -> Bool {
        guard let table = try? TextTable(path) else { return false }
        let head = table.rows.head(50).map(table.rows.texts)
        guard let names = head.first, !head.joined().contains(where: { FileNames.isPicture($0.trimmed) }) else {
            return false
        }
        if PairTable.header(names) != nil { return true }
        return names.count == 2 && ColumnNames.find(ColumnNames.picture, in: names) == nil
    }
}

extension Corpus {
    /// Whether what lies at `path` holds pictures with captions that can be texts: a table of them, or a folder. A folder of
    /// texts with pictures among them, and classes of pictures, do not.
    public static func holdsCaptions(_ path: String) -> Bool {
        guard Dataset.holdsPictures(path) else { return TextTable.holdsPictures(path) }
        return !recognizes(path) || readers.contains { $0 != ClassFolders.self && $0.recognizes(path) }
    }

    /// Whether the file at `path` is a table of two texts a row, and none of pictures and captions.
    public static func isPairTable(_ path: String) -> Bool { TextTable.holdsPairs(path) }
}
