import Foundation

/// Makes values ahead on worker threads and hands them out in order; memory is bounded by `ahead` values.
package final class OrderedWorkers<Value: Sendable>: Sendable {
    private let shared: Shared<Value>

    /// Starts `workers` threads that call `make` for 0, 1, 2 … below `count`, never more than `ahead` past the last
    /// value taken. They end when all is made or this object goes away.
    package init(count: Int = .max, workers: Int, ahead: Int, make: @escaping @Sendable (Int) -> Value) {
        let shared = Shared<Value>(count: count, ahead: max(ahead, 1))
        self.shared = shared
        for _ in 0..<max(workers, 1) { Thread.detachNewThread { shared.work(make) } }
    }

    deinit { shared.stop() }

    /// The next value; waits until it is made. Nil at the end.
    package func next() -> Value? { shared.take() }

    /// How long callers of `next` have waited, and how long threads have because enough was ready.
    var waited: (callers: Duration, workers: Duration) { shared.waited }
}

/// What threads and caller share.
private final class Shared<Value: Sendable>: @unchecked Sendable {
    // Sendable: every stored variable is read and written under `condition` alone.
    private let condition = NSCondition()
    private let count: Int
    private let ahead: Int
    private var ready: [Int: Value] = [:]
    private var claimed = 0
    private var taken = 0
    private var isStopped = false
    private var waiting = (callers: Duration.zero, workers: Duration.zero)

    init(count: Int, ahead: Int) {
        self.count = count
        self.ahead = ahead
    }

    var waited: (callers: Duration, workers: Duration) { condition.withLock { waiting } }

    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
        }
    }

    /// What a thread does.
    func work(_ make: (Int) -> Value) {
        while let number = claim() {
            let value = make(number)
            condition.withLock {
                ready[number] = value
                condition.broadcast()
            }
        }
    }

    private func claim() -> Int? {
        condition.withLock {
            let start = ContinuousClock.now
            while !isStopped && claimed < count && claimed >= taken + ahead { condition.wait() }
            waiting.workers += ContinuousClock.now - start
            guard !isStopped, claimed < count else { return nil }
            claimed += 1
            return claimed - 1
        }
    }

    func take() -> Value? {
        condition.withLock {
            guard taken < count else { return nil }
            let start = ContinuousClock.now
            while ready[taken] == nil { condition.wait() }
            waiting.callers += ContinuousClock.now - start
            let value = ready.removeValue(forKey: taken)
            taken += 1
            condition.broadcast()
            return value
        }
    }
}
