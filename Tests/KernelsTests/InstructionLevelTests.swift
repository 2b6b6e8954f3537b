import Dispatch
import Foundation
import Kernels
import Processor
import Synchronization
import Testing

@Suite struct InstructionLevelTests {
    @Test(arguments: InstructionLevel.available)
    func `a level that a task chooses is that of all threads that work for it`(level: String) {
        let seen = Mutex<Set<String>>([])
        InstructionLevel.with(level) {
            parallelFor(2_000) { _ in
                let current = InstructionLevel.current
                seen.withLock { _ = $0.insert(current) }
            }
        }
        #expect(seen.withLock { $0 } == [level])
    }

    @Test(arguments: InstructionLevel.available) func `a level that a task chooses is nobody else's`(level: String) {
        let seen = Mutex(""), isDone = DispatchSemaphore(value: 0)
        InstructionLevel.with(level) {
            Thread.detachNewThread {
                let current = InstructionLevel.current
                seen.withLock { $0 = current }
                isDone.signal()
            }
            isDone.wait()
        }
        #expect(seen.withLock { $0 } == InstructionLevel.available.first)
        #expect(InstructionLevel.current == InstructionLevel.available.first)
    }
}
