import Failures
import Testing
import Towers

@testable import Training

@Suite struct ResolutionScheduleTests {
    @Test func `stages hold until their share of the run is over`() throws {
        let schedule = try #require(ResolutionSchedule("32:0.4,48:0.8"))
        #expect([0, 0.39, 0.4, 0.79, 0.8, 1].map { schedule.side(at: $0) } == [32, 32, 48, 48, nil, nil])
        #expect(schedule.description == "32:0.4,48:0.8")
    }

    @Test(arguments: [
        "", "48", "48:1", "48:0", "-8:0.5", "48:0.8,32:0.9", "32:0.8,48:0.8", "32:0.5,", "x:0.5", "1:2:3",
    ])
    func `what does not ascend below one is no schedule`(text: String) {
        #expect(ResolutionSchedule(text) == nil)
    }

    @Test(arguments: ["50:0.5", "64:0.5", "96:0.5"])
    func `a side that the model cannot see is named`(text: String) throws {
        let schedule = try #require(ResolutionSchedule(text)),
            plan = try ModelConfiguration(named: "vit-nano-8-64").plan
        let failure = #expect(throws: Failure.self) { try schedule.check(with: plan) }
        #expect(failure?.why.hasPrefix("pictures of \(text.prefix(2)) pixels for patches of 8") == true)
    }
}
