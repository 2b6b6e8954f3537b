import Failures
import GRDB

/// The tables of a catalogue, and what is said where SQLite refuses.
enum Schema {
    static let version = 1
    /// "CLIP", in the file's header, so that `file` and we know a catalogue from other databases.
    static let applicationID = 0x434C_4950

    static func create(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE pictures (
                    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, modified INTEGER NOT NULL,
                    fingerprint TEXT NOT NULL, perceptual_hash INTEGER NOT NULL, height INTEGER NOT NULL,
                    width INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE captions (
                    picture INTEGER NOT NULL REFERENCES pictures ON DELETE CASCADE, place INTEGER NOT NULL,
                    caption TEXT NOT NULL, PRIMARY KEY (picture, place)
                ) STRICT, WITHOUT ROWID;
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = \(version);
                """)
    }

    static func check(_ db: Database, _ path: String) throws {
        let found = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found == applicationID, version == Self.version else {
            throw Failure(
                .badData, "cannot open catalogue", at: path, because: "version \(version), expected \(Self.version)",
                try: "delete the index and build it again with clip-index")
        }
    }
}
