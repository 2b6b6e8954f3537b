import CIntrinsics
import Synchronization

/// The instruction levels that loops are compiled for, and the one in use: by all rooms that have such loops at once.
public enum InstructionLevel {
    /// The names of the levels that this processor has, best first; empty where it has none, and nothing can run.
    public static let available = found

    #if arch(arm64)
        private static let found = ["neon"]
    #else
        private static let found =
            (clip_cpu_has_avx512() != 0 ? ["avx512"] : []) + (clip_cpu_has_avx2() != 0 ? ["avx2"] : [])
    #endif

    /// The place of the level in use among those available.
    package static var index: Int {
        precondition(!available.isEmpty, "this processor lacks AVX2 and FMA")
        return chosen.load(ordering: .relaxed)
    }

    /// The name of the level in use.
    public static var current: String { available[index] }

    /// Uses the level called `name` from now on.
    ///
    /// - Returns: Whether this processor has it.
    public static func use(_ name: String) -> Bool {
        guard let index = available.firstIndex(of: name) else { return false }
        chosen.store(index, ordering: .relaxed)
        return true
    }

    private static let chosen = Atomic<Int>(0)
}
