public import Failures
import GRDB

/// A catalogue, opened for reading: a file of SQLite that never changes once its index names it.
public struct PictureCatalogue: Sendable {
    private let file: CatalogueFile

    /// Opens the catalogue at `path`.
    ///
    /// - Throws: `.missingInput` where there is none, `.badData` where it is not a catalogue of ours.
    public init(_ path: String) throws(Failure) {
        file = try CatalogueFile(path, Schema.header)
    }

    /// How many pictures it lists.
    public func count() throws(Failure) -> Int {
        try file.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM pictures") ?? 0 }
    }

    /// All pictures, in the order of their ids.
    public func entries() throws(Failure) -> [CatalogueEntry] {
        try file.read { db in try Self.entries(db, where: "1") }
    }

    /// The pictures with these ids; an id that is not listed is left out.
    public func entries(ids: some Sequence<Int64>) throws(Failure) -> [Int64: CatalogueEntry] {
        var found: [Int64: CatalogueEntry] = [:]
        let ids = Array(ids)
        for start in stride(from: 0, to: ids.count, by: 500) {
            let part = ids[start..<min(start + 500, ids.count)]
            let list = part.map(String.init).joined(separator: ",")
            for entry in try file.read({ db in try Self.entries(db, where: "id IN (\(list))") }) {
                found[entry.id] = entry
            }
        }
        return found
    }

    /// The picture whose file lies at `path`, absolute and without links.
    public func entry(path: String) throws(Failure) -> CatalogueEntry? {
        try file.read { db in try Self.entries(db, where: "path = ?", [path]).first }
    }

    private static func entries(
        _ db: Database, where condition: String, _ arguments: StatementArguments = []
    ) throws -> [CatalogueEntry] {
        var captions: [Int64: [String]] = [:]
        let selected = "SELECT id FROM pictures WHERE \(condition)"
        let said = try Row.fetchCursor(
            db, sql: "SELECT picture, caption FROM captions WHERE picture IN (\(selected)) ORDER BY picture, place",
            arguments: arguments)
        while let row = try said.next() { captions[row[0], default: []].append(row[1]) }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT id, path, size, modified, fingerprint, perceptual_hash, height, width FROM pictures
                WHERE \(condition) ORDER BY id
                """, arguments: arguments
        ).map { row in
            CatalogueEntry(
                id: row[0], path: row[1], size: row[2], modified: row[3], fingerprint: row[4],
                perceptualHash: UInt64(bitPattern: row[5]), height: row[6], width: row[7],
                captions: captions[row[0]] ?? [])
        }
    }
}
