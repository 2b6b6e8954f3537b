import Testing

@testable import Training

@Suite struct ScheduleTests {
    @Test func `the rate climbs, reaches its top after the warm-up and falls to zero`() {
        let schedule = Schedule(peak: 1e-3, warmupSteps: 10)
        #expect(abs(schedule.learningRate(step: 0, progress: 0) - 1e-4) < 1e-9)
        #expect(abs(schedule.learningRate(step: 10, progress: 0) - 1e-3) < 1e-9)
        #expect(abs(schedule.learningRate(step: 500, progress: 0.5) - 5e-4) < 1e-9)
        #expect(schedule.learningRate(step: 1000, progress: 1) < 1e-9)
    }

    @Test func `without a number the warm-up is a twentieth of the budget, and at least ten steps`() {
        let schedule = Schedule(peak: 1)
        #expect(schedule.learningRate(step: 0, progress: 0) == 0.02)
        #expect(schedule.isWarm(step: 9, progress: 0.05) && !schedule.isWarm(step: 900, progress: 0.04))
        #expect(!schedule.isWarm(step: 8, progress: 0.5))
    }

    @Test func `progress by steps does not look at the clock`() {
        let budget = Budget(steps: 200, minutes: nil)
        #expect(budget.progress(step: 50, seconds: 1e9) == 0.25)
        #expect(budget.secondsLeft(step: 50, seconds: 1e9, secondsPerStep: 2) == 300)
    }

    @Test func `progress by the clock keeps time for what follows the last step`() {
        let budget = Budget(steps: nil, minutes: 1)
        #expect(budget.progress(step: 3, seconds: 30) == 0.5)
        #expect(budget.progress(step: 3, seconds: 25, reserve: 10) == 0.5)
        #expect(budget.progress(step: 3, seconds: 30, from: 20, reserve: 20) == 0.5)
        #expect(budget.progress(step: 3, seconds: 61) == 1)
    }

    @Test func `with both limits the nearer one decides`() {
        let budget = Budget(steps: 100, minutes: 1)
        #expect(budget.progress(step: 80, seconds: 6) == 0.8)
        #expect(budget.progress(step: 1, seconds: 54) == 0.9)
        #expect(budget.secondsLeft(step: 90, seconds: 6, secondsPerStep: 0.5) == 5)
    }
}
