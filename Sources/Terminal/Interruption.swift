import Foundation
import Synchronization

/// Ctrl-C, seen at a moment of one's own choosing: finish the step, write the checkpoint, then fail as `.interrupted`.
public enum Interruption {
    private static let requested = Atomic<Bool>(false)

    /// From here on SIGINT and SIGTERM only set `isRequested`; a second one ends the process at once with code 130.
    public static func watch() {
        requested.store(false, ordering: .relaxed)  // initialises the flag: a signal handler must not be the first
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in
                if Interruption.requested.exchange(true, ordering: .relaxed) { _exit(130) }
            }
        }
    }

    /// Whether the user asked to stop.
    public static var isRequested: Bool { requested.load(ordering: .relaxed) }
}
