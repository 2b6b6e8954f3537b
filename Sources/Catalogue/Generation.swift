import Failures
import Foundation
import GRDB

/// Writes the next generation of a catalogue to `path`: the one at `former`, or an empty file, with what `change` does in
/// one transaction.
///
/// The former file is not touched. Where this fails, or the process ends, `path` is a file that nothing names.
///
/// - Throws: `.cannotWrite` on a full disk, `.badData` where the former file is damaged.
func writeGeneration(
    to path: String, from former: String?, _ change: (Database) throws -> Void
) throws(Failure) {
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
        try database.write(change)
        try database.close()
    } catch {
        try? files.removeItem(atPath: path)
        throw (error as? CocoaError).map { copying($0, path) } ?? .catalogue(error, path, isWriting: true)
    }
}

private func copying(_ error: CocoaError, _ path: String) -> Failure {
    let isFull = error.code == .fileWriteOutOfSpace
    return Failure(
        .cannotWrite, "cannot write catalogue", at: path,
        because: isFull ? "no space left on device" : "the former catalogue cannot be copied here",
        try: isFull ? "free some space, then run the same command again" : "check the index and the disk")
}
