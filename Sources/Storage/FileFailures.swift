package import Failures
import Foundation

extension Failure {
    /// What the system said when `path` was read.
    package static func reading(_ path: String, _ code: Int32) -> Failure {
        code == ENOENT || code == ENOTDIR
            ? Failure(.missingInput, "cannot read", at: path, because: "no such file", try: "check the path")
            : Failure(
                .readWrite, "cannot read", at: path, because: reason(code), try: "check the file's permissions and disk"
            )
    }

    /// What the system said when `path` was written.
    package static func writing(_ path: String, _ code: Int32) -> Failure {
        let remedy =
            switch code {
            case ENOSPC, EDQUOT: "free some space, then run the same command again"
            case EACCES, EPERM, EROFS: "choose a place that you may write to"
            default: "check the path and the disk"
            }
        return Failure(.cannotWrite, "cannot write", at: path, because: reason(code), try: remedy)
    }

    private static func reason(_ code: Int32) -> String {
        unsafe String(cString: strerror(code)).lowercased()
    }
}
