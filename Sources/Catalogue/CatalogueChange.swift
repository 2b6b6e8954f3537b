public import Failures
import GRDB

/// What changes from one generation of a catalogue to the next.
public struct CatalogueChange: Sendable {
    /// Ids that are no longer listed.
    public var removed: [Int64] = []
    /// Pictures that are new, or listed anew under the id that they have.
    public var listed: [CatalogueEntry] = []

    /// No change.
    public init() {}

    /// Writes the next generation to `path`: the one at `former`, or an empty one, with this change in one transaction.
    ///
    /// The former file is not touched. Where this fails, or the process ends, `path` is a file that nothing names.
    ///
    /// - Throws: `.cannotWrite` on a full disk, `.badData` where the former file is damaged.
    public func write(to path: String, from former: String?) throws(Failure) {
        try writeGeneration(to: path, from: former) { db in
            if former == nil { try Schema.create(db) } else { try Schema.header.checkCatalogue(db, path) }
            try apply(db)
        }
    }

    private func apply(_ db: Database) throws {
        let remove = try db.makeStatement(sql: "DELETE FROM pictures WHERE id = ?")
        for id in removed + listed.map(\.id) { try remove.execute(arguments: [id]) }
        let picture = try db.makeStatement(sql: "INSERT INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        let caption = try db.makeStatement(sql: "INSERT INTO captions VALUES (?, ?, ?)")
        for entry in listed {
            try picture.execute(arguments: [
                entry.id, entry.path, entry.size, entry.modified, entry.fingerprint,
                Int64(bitPattern: entry.perceptualHash), entry.height, entry.width,
            ])
            for (place, text) in entry.captions.enumerated() {
                try caption.execute(arguments: [entry.id, place, text])
            }
        }
    }
}
