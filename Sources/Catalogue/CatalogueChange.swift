public import Failures
import Foundation
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
        let files = FileManager.default
        try? files.removeItem(atPath: path)
        do {
            if let former { try files.copyItem(atPath: former, toPath: path) }
            var configuration = Configuration()
            configuration.prepareDatabase { db in
                // No journal on disk: before its index names it, a broken file is simply not used.
                try db.execute(sql: "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = FULL")
            }
            let database = try DatabaseQueue(path: path, configuration: configuration)
            try database.write { db in
                if former == nil { try Schema.create(db) } else { try Schema.check(db, path) }
                try apply(db)
            }
            try database.close()
        } catch {
            try? files.removeItem(atPath: path)
            throw (error as? CocoaError).map { Self.copying($0, path) } ?? .catalogue(error, path, isWriting: true)
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

    private static func copying(_ error: CocoaError, _ path: String) -> Failure {
        let isFull = error.code == .fileWriteOutOfSpace
        return Failure(
            .cannotWrite, "cannot write catalogue", at: path,
            because: isFull ? "no space left on device" : "the former catalogue cannot be copied here",
            try: isFull ? "free some space, then run the same command again" : "check the index and the disk")
    }
}
