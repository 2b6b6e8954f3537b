public import Failures
import GRDB

/// What an index knows of a vector that came without picture or text: a name and a caption, where there are any.
public struct RowEntry: Sendable, Equatable {
    /// The number under which the vector is stored.
    public var id: Int64
    /// What it is of: a path, a title, a key of another database.
    public var name: String?
    /// What is said of it.
    public var caption: String?

    /// All that is known of a vector.
    public init(id: Int64, name: String? = nil, caption: String? = nil) {
        (self.id, self.name, self.caption) = (id, name, caption)
    }
}

/// Names of vectors: a file of SQLite that never changes once its index names it.
public struct RowCatalogue: Sendable {
    private let file: CatalogueFile

    /// Opens the catalogue at `path`.
    ///
    /// - Throws: `.missingInput` where there is none, `.badData` where it is not a catalogue of ours.
    public init(_ path: String) throws(Failure) { file = try CatalogueFile(path, RowSchema.header) }

    /// All that are named, in the order of their ids.
    public func entries() throws(Failure) -> [RowEntry] {
        try file.read { db in
            try Row.fetchAll(db, sql: "SELECT id, name, caption FROM rows ORDER BY id").map(Self.entry)
        }
    }

    /// Those of these ids that are named.
    public func entries(ids: [Int64]) throws(Failure) -> [Int64: RowEntry] {
        try file.read { db in
            let find = try db.makeStatement(sql: "SELECT id, name, caption FROM rows WHERE id = ?")
            var found: [Int64: RowEntry] = [:]
            for id in ids {
                if let row = try Row.fetchOne(find, arguments: [id]) { found[id] = Self.entry(row) }
            }
            return found
        }
    }

    /// The ids that have this name, ascending.
    public func ids(named name: String) throws(Failure) -> [Int64] {
        try file.read { db in
            try Int64.fetchAll(db, sql: "SELECT id FROM rows WHERE name = ? ORDER BY id", arguments: [name])
        }
    }

    private static func entry(_ row: Row) -> RowEntry { RowEntry(id: row[0], name: row[1], caption: row[2]) }
}

/// What changes from one generation of names to the next.
public struct RowChange: Sendable {
    /// Ids that are no longer named.
    public var removed: [Int64] = []
    /// Vectors that are named, or named anew.
    public var listed: [RowEntry] = []

    /// No change.
    public init() {}

    /// Writes the next generation to `path`: the one at `former`, or an empty one, with this change in one transaction.
    ///
    /// - Throws: `.cannotWrite` on a full disk, `.badData` where the former file is damaged.
    public func write(to path: String, from former: String?) throws(Failure) {
        try writeGeneration(to: path, from: former) { db in
            if former == nil { try RowSchema.create(db) } else { try RowSchema.header.checkCatalogue(db, path) }
            let remove = try db.makeStatement(sql: "DELETE FROM rows WHERE id = ?")
            for id in removed { try remove.execute(arguments: [id]) }
            let put = try db.makeStatement(sql: "INSERT OR REPLACE INTO rows VALUES (?, ?, ?)")
            for entry in listed { try put.execute(arguments: [entry.id, entry.name, entry.caption]) }
        }
    }
}

/// The table of names.
enum RowSchema {
    /// "VECS".
    static let header = DatabaseHeader(applicationID: 0x5645_4353, version: 1)

    static func create(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE rows (id INTEGER PRIMARY KEY, name TEXT, caption TEXT) STRICT;
                CREATE INDEX rows_by_name ON rows (name);
                \(header.pragmas)
                """)
    }
}
