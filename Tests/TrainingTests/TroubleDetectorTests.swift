import Testing

@testable import Training

@Suite struct TroubleDetectorTests {
    private func report(
        loss: Float, norm: Float = 1, cosine: Float = 0.1, progress: Double = 0.5
    ) -> StepReport {
        StepReport(
            step: 1, epoch: 0, seconds: 1, loss: loss, chanceLoss: 4.85, pairsPerSecond: 1, learningRate: 1e-3,
            logitScale: 14, gradientNorm: norm, pictureCosine: cosine, captionCosine: 0.1, progress: progress,
            secondsLeft: 1, waiting: 0, decodersWaiting: 0)
    }

    private func warnings(_ reports: [StepReport]) -> [String] {
        var detector = TroubleDetector(gradientNormLimit: 1)
        return reports.compactMap { detector.observe($0, isWarm: true) }
    }

    @Test func `a loss that falls is no trouble`() {
        #expect(warnings(.init(repeating: report(loss: 3), count: 200)) == [])
    }

    @Test func `a loss at chance is told once, with a reason`() {
        let told = warnings(.init(repeating: report(loss: 4.85), count: 200))
        #expect(told.count == 1 && told[0].contains("stays at chance 4.85") && told[0].contains("captions"))
        #expect(warnings(.init(repeating: report(loss: 4.85, norm: 50), count: 60))[0].contains("lower --lr"))
        #expect(warnings(.init(repeating: report(loss: 4.85, norm: 1e-6), count: 60))[0].contains("vanished"))
    }

    @Test func `nothing is said while the run is young`() {
        #expect(warnings(.init(repeating: report(loss: 4.85, progress: 0.1), count: 200)) == [])
        #expect(warnings(.init(repeating: report(loss: 4.85), count: TroubleDetector.window - 1)) == [])
    }

    @Test func `a collapse names the tower that collapsed`() {
        let told = warnings(.init(repeating: report(loss: 4.84, cosine: 0.999), count: 60))
        #expect(told.count == 1 && told[0].contains("all pictures lie at one point"))
    }

    @Test func `a loss far above chance is a divergence`() {
        #expect(warnings(.init(repeating: report(loss: 9), count: 60))[0].contains("far above chance"))
    }
}
