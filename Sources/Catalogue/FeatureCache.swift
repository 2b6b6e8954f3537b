public import Failures
import Foundation
import GRDB
import Storage

/// What towers made of pictures and captions, in a file of SQLite, so that it is made once and not in every run.
public struct FeatureCache: Sendable {
    private let path: String
    private let database: DatabasePool

    /// "FEAT".
    private static let header = DatabaseHeader(applicationID: 0x4645_4154, version: 1)

    /// Opens the cache at `path`, or makes an empty one.
    ///
    /// - Throws: `.cannotWrite` where it cannot be made, `.badData` where the file is none of ours.
    public init(_ path: String) throws(Failure) {
        self.path = path
        var configuration = Configuration()
        configuration.busyMode = .timeout(60)  // another run may write meanwhile
        do {
            database = try DatabasePool(path: path, configuration: configuration)
            try database.write { db in
                if try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 { try Self.create(db) }
                guard try Self.header.read(db).isSame else {
                    throw Failure(
                        .badData, "cannot open features", at: path,
                        because: "it is no file of features, or one of another version", try: "delete it")
                }
            }
        } catch { throw .features(error, path, isWriting: true) }
    }

    /// Where the features of a run in `folder` lie: beside it, so that runs share them.
    public static func path(beside folder: String) -> String {
        "\(URL(fileURLWithPath: folder).standardizedFileURL.deletingLastPathComponent().path)/features.sqlite"
    }

    /// What a tower of the model in `folder` made before, in the cache beside the folder or beside the run that it is the
    /// best of; nil where there is none.
    public static func table(
        of tower: String, width: Int, besideModel folder: String
    ) throws(Failure) -> FeatureTable? {
        let run = URL(fileURLWithPath: folder).standardizedFileURL.deletingLastPathComponent().path
        for path in [path(beside: folder), path(beside: run)] where FileManager.default.fileExists(atPath: path) {
            return try FeatureCache(path).table(of: tower, width: width)
        }
        return nil
    }

    private static func create(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE towers (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE) STRICT;
                CREATE TABLE features (
                    tower INTEGER NOT NULL REFERENCES towers, item TEXT NOT NULL, view TEXT NOT NULL,
                    vector BLOB NOT NULL, UNIQUE (tower, item, view)
                ) STRICT;
                \(header.pragmas)
                """)
    }

    /// What one tower made: rows of `width` floats. `tower` tells it from others.
    public func table(of tower: String, width: Int) throws(Failure) -> FeatureTable {
        do {
            let id = try database.write { db in
                try db.execute(sql: "INSERT OR IGNORE INTO towers (fingerprint) VALUES (?)", arguments: [tower])
                return try Int64.fetchOne(db, sql: "SELECT id FROM towers WHERE fingerprint = ?", arguments: [tower])
            }
            guard let id else { preconditionFailure("a tower that was listed has an id") }
            return FeatureTable(path: path, database: database, tower: id, width: width)
        } catch { throw .features(error, path) }
    }
}

/// Which row of features: of what, and of which of its views.
public struct FeatureKey: Sendable, Hashable {
    /// What tells a picture or a caption from others: a fingerprint, or the words themselves.
    public var item: String
    /// What tells its views from each other; nothing for a picture or a caption as it is.
    public var view: String

    /// The key of one view.
    public init(_ item: String, view: String = "") { (self.item, self.view) = (item, view) }
}

/// The rows that one tower made. Several threads may read.
public struct FeatureTable: Sendable {
    /// Length of a row.
    public let width: Int
    private let path: String
    private let database: DatabasePool
    private let tower: Int64

    fileprivate init(path: String, database: DatabasePool, tower: Int64, width: Int) {
        (self.path, self.database, self.tower, self.width) = (path, database, tower, width)
    }

    /// Those of `keys` that have no row, in their order.
    public func missing(_ keys: [FeatureKey]) throws(Failure) -> [FeatureKey] {
        do {
            return try database.read { db in
                let find = try db.cachedStatement(sql: "SELECT 1 FROM features \(Self.isAsked)")
                return try keys.filter { key in
                    try Int.fetchOne(find, arguments: [tower, key.item, key.view]) == nil
                }
            }
        } catch { throw .features(error, path) }
    }

    /// Adds rows: `[keys.count, width]`, one behind the other. Whoever ends the process loses all of them or none.
    public func add(_ keys: [FeatureKey], rows: [Float]) throws(Failure) {
        precondition(rows.count == keys.count * width, "\(keys.count) rows of \(width), found \(rows.count) floats")
        do {
            try database.write { db in
                let add = try db.cachedStatement(sql: "INSERT OR REPLACE INTO features VALUES (?, ?, ?, ?)")
                for (place, key) in keys.enumerated() {
                    let row = Data([UInt8](littleEndian: rows[place * width..<(place + 1) * width]))
                    try add.execute(arguments: [tower, key.item, key.view, row])
                }
            }
        } catch { throw .features(error, path, isWriting: true) }
    }

    /// The rows of `keys`, `[keys.count, width]`.
    ///
    /// - Throws: `.badData` where one is missing or of another length.
    public func rows(of keys: [FeatureKey]) throws(Failure) -> [Float] {
        do {
            return try database.read { db in
                var rows: [Float] = []
                rows.reserveCapacity(keys.count * width)
                let find = try db.cachedStatement(sql: "SELECT vector FROM features \(Self.isAsked)")
                for key in keys {
                    guard let row = try Data.fetchOne(find, arguments: [tower, key.item, key.view]),
                        row.count == 4 * width
                    else {
                        throw Failure(
                            .badData, "cannot read features", at: path, because: "those of \(key.item) are missing",
                            try: "delete the file; the run makes it again")
                    }
                    rows += [Float](littleEndian: row.bytes)
                }
                return rows
            }
        } catch { throw .features(error, path) }
    }

    private static let isAsked = "WHERE tower = ? AND item = ? AND view = ?"
}
