import Testing

@testable import Training

@Suite struct HabitsTests {
    private func habits(
        _ fill: (inout TrainingOptions) -> Void = { _ in }, evaluationTook: Double = 0
    ) -> Habits {
        var options = TrainingOptions()
        fill(&options)
        var habits = Habits(options.settings(pairs: 1000), now: 0)
        habits.noteEvaluation(from: -evaluationTook, to: 0)
        return habits
    }

    private func position(step: Int = 10, epoch: Int = 1, batch: Int = 0, seconds: Double) -> Position {
        Position(step: step, epoch: epoch, batch: batch, seconds: seconds)
    }

    @Test func `evaluations take a tenth of the time at most`() {
        let habits = habits(evaluationTook: 8)
        #expect(!habits.evaluationIsDue(position(seconds: 79)))
        #expect(habits.evaluationIsDue(position(seconds: 80)))
        #expect(!habits.evaluationIsDue(position(batch: 3, seconds: 80)), "an epoch is under way")
        #expect(habits.evaluationIsDue(position(batch: 3, seconds: 120)), "two minutes are enough")
    }

    @Test func `a number of epochs given by the user decides alone`() {
        let habits = habits({ $0.validationFrequency = 2 }, evaluationTook: 8)
        #expect(habits.evaluationIsDue(position(epoch: 2, seconds: 1)))
        #expect(!habits.evaluationIsDue(position(epoch: 3, seconds: 1000)))
        #expect(!habits.evaluationIsDue(position(epoch: 2, batch: 1, seconds: 1000)))
    }

    @Test func `checkpoints come by minutes and by steps`() {
        let habits = habits { $0.checkpointSteps = 4 }
        #expect(habits.checkpointIsDue(position(step: 8, seconds: 1)))
        #expect(!habits.checkpointIsDue(position(step: 9, seconds: 119)))
        #expect(habits.checkpointIsDue(position(step: 9, seconds: 120)))
    }

    @Test func `the first evaluation's cost is guessed from the steps`() {
        var habits = Habits(TrainingOptions().settings(pairs: 1000), now: 0)
        habits.guess(pairs: 1000, batchSize: 100, secondsPerStep: 20)
        habits.guess(pairs: 1000, batchSize: 100, secondsPerStep: 2)
        #expect(habits.reserve == 7, "the latest steps count")
        habits.noteEvaluation(from: 10, to: 13)
        habits.guess(pairs: 1000, batchSize: 100, secondsPerStep: 2)
        #expect(habits.reserve == 3)
    }

    @Test func `a position moves to the next epoch behind its last batch`() {
        var position = Position(step: 5, epoch: 0, batch: 1)
        position.advance(batchesPerEpoch: 3)
        #expect((position.step, position.epoch, position.batch) == (6, 0, 2))
        position.advance(batchesPerEpoch: 3)
        #expect((position.step, position.epoch, position.batch) == (7, 1, 0))
    }

    @Test func `the pace is that of the latest steps`() {
        var clock = RunClock(before: 100)
        #expect(clock.secondsPerStep == 0 && clock.seconds >= 100)
        for _ in 0..<40 { clock.lap(seconds: 9, waited: 9, idle: 0, pairs: 1) }
        for _ in 0..<20 { clock.lap(seconds: 2, waited: 0.5, idle: 1, pairs: 128) }
        #expect(clock.secondsPerStep == 2 && clock.pairsPerSecond == 64 && clock.waiting == 0.25)
        #expect(clock.decodersWaiting == 0.5)
    }
}
