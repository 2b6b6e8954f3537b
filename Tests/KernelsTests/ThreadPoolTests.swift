import Synchronization
import Testing

@testable import Kernels

@Suite(.serialized) struct ThreadPoolTests {
    @Test(arguments: [1, 2, 7]) func `every piece of work is done once`(threads: Int) {
        let before = threadCount
        setThreadCount(threads)
        defer { setThreadCount(before) }
        for count in [0, 1, 5, 1000] {
            let done = Mutex([Int](repeating: 0, count: count))
            parallelFor(count) { i in done.withLock { $0[i] += 1 } }
            #expect(done.withLock { $0.allSatisfy { $0 == 1 } })
        }
    }

    @Test func `work inside work is done by the thread that asked for it`() {
        let sum = Atomic<Int>(0)
        parallelFor(8) { i in parallelFor(8) { j in sum.add(i * 8 + j, ordering: .relaxed) } }
        #expect(sum.load(ordering: .relaxed) == 2016)
    }

    @Test func `many short jobs in a row all end`() {
        let sum = Atomic<Int>(0)
        for _ in 0..<5_000 { parallelFor(4) { _ in sum.add(1, ordering: .relaxed) } }
        #expect(sum.load(ordering: .relaxed) == 20_000)
    }
}
