import CIntrinsics
import Processor
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Calls `body(0)`, …, `body(count − 1)` on the pool's threads and the caller's, and returns when all have ended.
///
/// Work is claimed piece by piece, so a thread whose core is busy elsewhere takes less of it. A call from inside a
/// body, or while another thread uses the pool, runs on the caller alone. Bodies must write to places of their own.
public func parallelFor(_ count: Int, _ body: (Int) -> Void) { ThreadPool.shared.run(count, body) }

/// How many threads `parallelFor` uses, the caller's included.
public var threadCount: Int { ThreadPool.shared.threadCount }

/// Makes `parallelFor` use `count` threads (at least 1), the caller's included. Not to be called while it is in use.
public func setThreadCount(_ count: Int) { ThreadPool.shared.resize(to: max(count, 1)) }

/// Threads that sleep until there is a job, then claim pieces of it.
///
/// Sendable: `job`, `workers` and `wanted` are read and written under `mutex` alone; the counters are atomic.
@safe final class ThreadPool: @unchecked Sendable {
    static let shared = ThreadPool()

    @unsafe private struct Job {
        var count: Int
        var body: UnsafePointer<(Int) -> Void>
        /// The instruction level that the caller's task has chosen.
        var level: Int?
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var job: Job?
    private var workers = 0, wanted = 0
    private let generation = Atomic<Int>(0), next = Atomic<Int>(0), inside = Atomic<Int>(0)
    private let isBusy = Atomic<Bool>(false)

    private init() {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(wake, nil)
        unsafe pthread_cond_init(done, nil)
        resize(to: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    }

    var threadCount: Int {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return wanted + 1
    }

    func resize(to count: Int) {
        unsafe pthread_mutex_lock(mutex)
        wanted = count - 1
        while workers < wanted {
            var thread = pthread_t()
            let pool = unsafe Unmanaged.passRetained(self).toOpaque()
            unsafe pthread_create(
                &thread, nil,
                { context in
                    #if canImport(Darwin)
                        let pool = unsafe Unmanaged<ThreadPool>.fromOpaque(context).takeUnretainedValue()
                    #else
                        guard let context = unsafe context else { return nil }
                        let pool = unsafe Unmanaged<ThreadPool>.fromOpaque(context).takeUnretainedValue()
                    #endif
                    pool.work()
                    return nil
                }, pool)
            workers += 1
        }
        unsafe pthread_cond_broadcast(wake)
        unsafe pthread_mutex_unlock(mutex)
        generation.add(1, ordering: .relaxed)
    }

    func run(_ count: Int, _ body: (Int) -> Void) {
        let mayShare =
            count > 1 && isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
        guard mayShare else {
            for i in 0..<count { body(i) }
            return
        }
        // Sound: the pointer is used between the two locks below, while `body` is on this stack.
        withoutActuallyEscaping(body) { body in
            unsafe withUnsafePointer(to: body) { pointer in
                unsafe pthread_mutex_lock(mutex)
                next.store(0, ordering: .relaxed)
                unsafe job = Job(count: count, body: pointer, level: InstructionLevel.choiceOfTask)
                generation.add(1, ordering: .releasing)
                unsafe pthread_cond_broadcast(wake)
                unsafe pthread_mutex_unlock(mutex)
                claim(count, body)
                close()
            }
        }
        isBusy.store(false, ordering: .releasing)
    }

    private func claim(_ count: Int, _ body: (Int) -> Void) {
        while true {
            let i = next.add(1, ordering: .relaxed).oldValue
            guard i < count else { return }
            body(i)
        }
    }

    /// Lets nobody else in, and waits for those inside: briefly awake, then asleep.
    private func close() {
        unsafe pthread_mutex_lock(mutex)
        unsafe job = nil
        unsafe pthread_mutex_unlock(mutex)
        for _ in 0..<2_000 {
            if inside.load(ordering: .acquiring) == 0 { return }
            clip_pause()
        }
        unsafe pthread_mutex_lock(mutex)
        while inside.load(ordering: .acquiring) > 0 { unsafe pthread_cond_wait(done, mutex) }
        unsafe pthread_mutex_unlock(mutex)
    }

    /// A worker's life: wait, enter, claim, leave; ends when the pool has shrunk.
    private func work() {
        var seen = -1
        while true {
            for _ in 0..<2_000 where generation.load(ordering: .acquiring) == seen { clip_pause() }
            unsafe pthread_mutex_lock(mutex)
            while generation.load(ordering: .acquiring) == seen { unsafe pthread_cond_wait(wake, mutex) }
            seen = generation.load(ordering: .acquiring)
            if workers > wanted {
                workers -= 1
                unsafe pthread_mutex_unlock(mutex)
                return
            }
            let job = unsafe self.job
            if unsafe job != nil { inside.add(1, ordering: .acquiring) }
            unsafe pthread_mutex_unlock(mutex)
            guard let job = unsafe job else { continue }
            unsafe InstructionLevel.with(job.level) { unsafe claim(job.count, job.body.pointee) }
            if inside.subtract(1, ordering: .releasing).newValue == 0 {
                unsafe pthread_mutex_lock(mutex)
                unsafe pthread_cond_signal(done)
                unsafe pthread_mutex_unlock(mutex)
            }
        }
    }
}
