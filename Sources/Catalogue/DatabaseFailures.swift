import Failures
import GRDB

/// What is said where SQLite refuses.
extension Failure {
    /// What SQLite, or the code run under it, threw while it worked on the catalogue at `path`.
    static func catalogue(_ error: any Error, _ path: String, isWriting: Bool = false) -> Failure {
        database(
            error, path, "catalogue", remedy: "delete the index and build it again with clip-index",
            isWriting: isWriting)
    }

    /// What SQLite, or the code run under it, threw while it worked on the features at `path`.
    static func features(_ error: any Error, _ path: String, isWriting: Bool = false) -> Failure {
        database(error, path, "features", remedy: "delete the file: the next run makes it again", isWriting: isWriting)
    }

    private static func database(
        _ error: any Error, _ path: String, _ what: String, remedy: String, isWriting: Bool
    ) -> Failure {
        guard let error = error as? DatabaseError else {
            return error as? Failure
                ?? Failure(.readWrite, "cannot use \(what)", at: path, because: "\(error)", try: "check the disk")
        }
        let why = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        return switch error.resultCode {
        case .SQLITE_FULL, .SQLITE_READONLY, .SQLITE_PERM,
            .SQLITE_IOERR where isWriting,
            .SQLITE_CANTOPEN where isWriting:
            Failure(
                .cannotWrite, "cannot write \(what)", at: path, because: why, try: "free some space, then run again")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_MISMATCH:
            Failure(.badData, "cannot open \(what)", at: path, because: why, try: remedy)
        default:
            Failure(
                .readWrite, "cannot use \(what)", at: path, because: why, try: "check the disk and its permissions")
        }
    }
}
