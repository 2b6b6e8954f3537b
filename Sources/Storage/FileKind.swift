import Foundation

/// What lies at a path; symbolic links are followed.
package enum FileKind: Sendable {
    case file, folder, other, missing

    /// Asks the system once.
    package init(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            self = .missing
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .folder
        default: self = .other
        }
    }
}
