import Failures
import Foundation
import GRDB

/// What the header of a database says it is, so that `file` and we know it from other databases.
struct DatabaseHeader: Sendable {
    let applicationID, version: Int

    /// SQL that writes the header.
    var pragmas: String { "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version);" }

    /// The version that a database has, and whether it is this one of this application.
    func read(_ db: Database) throws -> (version: Int, isSame: Bool) {
        let found = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        return (version, found == applicationID && version == self.version)
    }

    /// - Throws: `.badData` where a database is no catalogue of this sort and version.
    func checkCatalogue(_ db: Database, _ path: String) throws {
        let found = try read(db)
        guard found.isSame else {
            throw Failure(
                .badData, "cannot open catalogue", at: path, because: "version \(found.version), expected \(version)",
                try: "delete the index and build it again with clip-index")
        }
    }
}

/// The file of a catalogue, opened for reading.
struct CatalogueFile: Sendable {
    private let path: String
    private let database: DatabaseQueue

    /// - Throws: `.missingInput` where there is none, `.badData` where its header is another.
    init(_ path: String, _ header: DatabaseHeader) throws(Failure) {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(
                .missingInput, "cannot open catalogue", at: path, because: "no such file",
                try: "build the index again with clip-index")
        }
        var configuration = Configuration()
        configuration.readonly = true
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
            try database.read { db in try header.checkCatalogue(db, path) }
        } catch {
            throw .catalogue(error, path)
        }
    }

    func read<Result>(_ body: (Database) throws -> Result) throws(Failure) -> Result {
        do { return try database.read(body) } catch { throw .catalogue(error, path) }
    }
}
