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
        if tasksChoose.load(ordering: .relaxed), let index = ofTask { return index }
        return chosen.load(ordering: .relaxed)
    }

    /// The name of the level in use.
    public static var current: String { available[index] }

    /// Uses the level called `name` from now on, in every task that has none of its own.
    ///
    /// - Returns: Whether this processor has it.
    public static func use(_ name: String) -> Bool {
        guard let index = available.firstIndex(of: name) else { return false }
        chosen.store(index, ordering: .relaxed)
        return true
    }

    /// What `body` gives with the loops of the level called `name`, which this processor must have. Tasks beside it keep
    /// theirs: tests run beside others.
    package static func with<Value>(_ name: String, _ body: () throws -> Value) rethrows -> Value {
        guard let index = available.firstIndex(of: name) else {
            preconditionFailure("this processor has the levels \(available), not \(name)")
        }
        return try with(index, body)
    }

    /// The place of the level that this task has chosen for itself; nil in most. A thread that works for a task takes it over
    /// by `with(_:_:)`.
    package static var choiceOfTask: Int? { tasksChoose.load(ordering: .relaxed) ? ofTask : nil }

    /// The same for a level's place among those available; where that is nil, the level in use stays.
    package static func with<Value>(_ index: Int?, _ body: () throws -> Value) rethrows -> Value {
        guard let index else { return try body() }
        tasksChoose.store(true, ordering: .relaxed)
        return try $ofTask.withValue(index, operation: body)
    }

    private static let chosen = Atomic<Int>(0)
    /// Whether any task ever chose, so that all others need not be asked.
    private static let tasksChoose = Atomic<Bool>(false)
    @TaskLocal private static var ofTask: Int?
}
