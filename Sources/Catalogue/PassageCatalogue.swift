public import Failures
import GRDB

/// A file of text whose passages are in an index.
public struct TextFileEntry: Sendable, Equatable {
    /// Where it lies: absolute, without links.
    public var path: String
    /// Its size in bytes.
    public var size: Int
    /// When it was last changed, in nanoseconds since 1970.
    public var modified: Int
    /// Tells its content from others.
    public var fingerprint: String
    /// Its passages, first to last.
    public var passages: [PassageEntry]

    /// All that is known of a file.
    public init(path: String, size: Int, modified: Int, fingerprint: String, passages: [PassageEntry]) {
        (self.path, self.size, self.modified) = (path, size, modified)
        (self.fingerprint, self.passages) = (fingerprint, passages)
    }
}

/// A passage of a text in an index.
public struct PassageEntry: Sendable, Equatable {
    /// The number under which its embedding is stored.
    public var id: Int64
    /// The line where it begins, from 1.
    public var line: Int
    /// Its words.
    public var text: String

    /// A passage.
    public init(id: Int64, line: Int, text: String) { (self.id, self.line, self.text) = (id, line, text) }
}

/// What an index knows of its texts: a file of SQLite that never changes once its index names it. Words are found in it by
/// SQLite's full-text search.
public struct PassageCatalogue: Sendable {
    private let file: CatalogueFile

    /// Opens the catalogue at `path`.
    ///
    /// - Throws: `.missingInput` where there is none, `.badData` where it is not a catalogue of ours.
    public init(_ path: String) throws(Failure) {
        file = try CatalogueFile(path, PassageSchema.header)
    }

    /// How texts became passages.
    public func rule() throws(Failure) -> String {
        try file.read { db in try String.fetchOne(db, sql: "SELECT rule FROM built") ?? "" }
    }

    /// The files, in the order of their paths, without their passages' words.
    public func files() throws(Failure) -> [TextFileEntry] {
        try file.read { db in
            var passages: [String: [PassageEntry]] = [:]
            let rows = try Row.fetchCursor(db, sql: "SELECT path, id, line FROM passages ORDER BY id")
            while let row = try rows.next() {
                passages[row[0], default: []].append(PassageEntry(id: row[1], line: row[2], text: ""))
            }
            return try Row.fetchAll(db, sql: "SELECT path, size, modified, fingerprint FROM files ORDER BY path").map {
                TextFileEntry(
                    path: $0[0], size: $0[1], modified: $0[2], fingerprint: $0[3], passages: passages[$0[0]] ?? [])
            }
        }
    }

    /// The passages with these ids and the files in which they stand; an id that is not listed is left out.
    public func passages(ids: [Int64]) throws(Failure) -> [Int64: (path: String, passage: PassageEntry)] {
        try file.read { db in
            let find = try db.makeStatement(sql: "SELECT path, line, text FROM passages WHERE id = ?")
            var found: [Int64: (path: String, passage: PassageEntry)] = [:]
            for id in ids {
                guard let row = try Row.fetchOne(find, arguments: [id]) else { continue }
                found[id] = (row[0], PassageEntry(id: id, line: row[1], text: row[2]))
            }
            return found
        }
    }

    /// The ids of the `k` passages that words fit best, best first, by BM25 (Robertson et al. 1994): those that hold one of
    /// the words at least.
    public func matching(_ words: String, _ k: Int) throws(Failure) -> [Int64] {
        guard let pattern = FTS5Pattern(matchingAnyTokenIn: words) else { return [] }
        return try file.read { db in
            try Int64.fetchAll(
                db, sql: "SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words), rowid LIMIT ?",
                arguments: [pattern, k])
        }
    }
}

/// What changes from one generation of a catalogue of texts to the next.
public struct PassageChange: Sendable {
    /// Paths that are no longer listed.
    public var removed: [String] = []
    /// Files that are new or changed, with their passages.
    public var listed: [TextFileEntry] = []
    /// Files whose content is as it was, at another time or place; their passages stay.
    public var touched: [(former: String, file: TextFileEntry)] = []

    /// No change.
    public init() {}

    /// Whether there is anything to write.
    public var isEmpty: Bool { removed.isEmpty && listed.isEmpty && touched.isEmpty }

    /// Writes the next generation to `path`: the one at `former`, or an empty one built by `rule`, with this change in one
    /// transaction.
    ///
    /// - Throws: `.cannotWrite` on a full disk, `.badData` where the former file is damaged.
    public func write(to path: String, from former: String?, rule: String) throws(Failure) {
        try writeGeneration(to: path, from: former) { db in
            if former == nil {
                try PassageSchema.create(db, rule: rule)
            } else {
                try PassageSchema.header.checkCatalogue(db, path)
            }
            try apply(db)
        }
    }

    private func apply(_ db: Database) throws {
        let forget = try db.makeStatement(sql: "DELETE FROM passages WHERE path = ?")
        let remove = try db.makeStatement(sql: "DELETE FROM files WHERE path = ?")
        for path in removed + listed.map(\.path) {
            try forget.execute(arguments: [path])
            try remove.execute(arguments: [path])
        }
        for (former, file) in touched {
            try db.execute(
                sql: "UPDATE files SET path = ?, size = ?, modified = ? WHERE path = ?",
                arguments: [file.path, file.size, file.modified, former])
            if file.path != former {
                try db.execute(sql: "UPDATE passages SET path = ? WHERE path = ?", arguments: [file.path, former])
            }
        }
        let add = try db.makeStatement(sql: "INSERT INTO files VALUES (?, ?, ?, ?)")
        let put = try db.makeStatement(sql: "INSERT INTO passages VALUES (?, ?, ?, ?)")
        for file in listed {
            try add.execute(arguments: [file.path, file.size, file.modified, file.fingerprint])
            for passage in file.passages {
                try put.execute(arguments: [passage.id, file.path, passage.line, passage.text])
            }
        }
    }
}

/// The tables of a catalogue of texts.
enum PassageSchema {
    /// "TEXT".
    static let header = DatabaseHeader(applicationID: 0x5445_5854, version: 1)

    static func create(_ db: Database, rule: String) throws {
        try db.execute(
            sql: """
                CREATE TABLE built (rule TEXT NOT NULL) STRICT;
                CREATE TABLE files (
                    path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL, fingerprint TEXT NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE passages (
                    id INTEGER PRIMARY KEY, path TEXT NOT NULL, line INTEGER NOT NULL, text TEXT NOT NULL
                ) STRICT;
                CREATE INDEX passages_of_file ON passages (path);
                CREATE VIRTUAL TABLE words USING fts5(text, content = 'passages', content_rowid = 'id');
                CREATE TRIGGER word_added AFTER INSERT ON passages BEGIN
                    INSERT INTO words (rowid, text) VALUES (new.id, new.text);
                END;
                CREATE TRIGGER word_removed AFTER DELETE ON passages BEGIN
                    INSERT INTO words (words, rowid, text) VALUES ('delete', old.id, old.text);
                END;
                \(header.pragmas)
                """)
        try db.execute(sql: "INSERT INTO built VALUES (?)", arguments: [rule])
    }
}
