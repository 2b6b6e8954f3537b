public import Failures
import Foundation

/// The right to write in a folder, held by one process at a time; given back when the value leaves scope or the
/// process ends, however it ends.
public struct FileLock: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Takes the lock whose file is `path`, without waiting.
    ///
    /// - Throws: `.cannotWrite` where another process holds it, or the file cannot be made.
    public init(_ path: String) throws(Failure) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .writing(path, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw .writing(path, code) }
            throw Failure(
                .cannotWrite, "cannot write", at: path, because: "another process is writing here",
                try: "wait until it has finished")
        }
    }

    deinit {
        // Said aloud: a process that is being started at this moment has the descriptor until it is the other program.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
