import Foundation

/// A file's size and time; links are followed.
package struct FileStatus: Sendable, Equatable {
    /// Bytes.
    package var size: Int
    /// When the content was last changed: nanoseconds since 1970.
    package var modified: Int

    /// Asks the system; nil where there is no regular file at `path`.
    package init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        size = Int(status.st_size)
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        modified = time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
