import GRDB

/// The tables of a catalogue.
enum Schema {
    /// "CLIP".
    static let header = DatabaseHeader(applicationID: 0x434C_4950, version: 1)

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
                \(header.pragmas)
                """)
    }
}
