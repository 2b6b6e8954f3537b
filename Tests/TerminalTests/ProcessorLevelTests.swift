import Failures
import Processor
import Testing

@testable import Terminal

@Suite struct ProcessorLevelTests {
    @Test func `a level that the processor lacks is refused with those that it has`() {
        let failure = #expect(throws: Failure.self) {
            try chooseProcessorLevel("mmx", of: InstructionLevel.available)
        }
        #expect(failure?.kind == .unsupportedProcessor)
        #expect(failure?.place == "CLIP_CPU_LEVEL" && failure?.why.contains("found mmx, this processor has ") == true)
    }

    @Test func `a processor without any level is refused`() {
        #expect(throws: Failure.self) { try chooseProcessorLevel(nil, of: []) }
    }
}
