import Evaluation
import Testing

@testable import Training
@testable import clip_train

@Suite struct TalkTests {
    @Test func `the live line shows the loss beside its chance level, and the time left`() {
        let report = StepReport(
            step: 1_234, epoch: 2, seconds: 60, loss: 3.214, chanceLoss: 4.852, pairsPerSecond: 54.3,
            learningRate: 9.12e-4, logitScale: 21.44, gradientNorm: 1, pictureCosine: 0, captionCosine: 0,
            progress: 0.5, secondsLeft: 372, waiting: 0.021, decodersWaiting: 0)
        #expect(
            Talk.text(of: report)
                == "step 1,234 · epoch 3 · loss 3.214 (chance 4.852) · 54 pairs/s · 6 min 12 s left · lr 9.1e-4 · "
                + "scale 21.4 · waiting for data 2 %")
    }

    @Test func `recall stands beside chance and the numbers of queries and candidates`() {
        var pairs = Pairs()
        for i in 0..<20 { pairs.addPicture(captions: ["caption \(i)"]) }
        let axes = (0..<400).map { Float($0 / 20 == $0 % 20 ? 1 : 0) }
        let retrieval = retrieval(pictures: axes.span, captions: axes.span, embedDim: 20, pairs: pairs)
        var findings = Findings()
        (findings.retrieval, findings.parts) = (retrieval, ["icons": retrieval])
        let lines = Talk.lines(
            of: EvaluationReport(step: 60, epoch: 1, seconds: 9, took: 1, findings: findings, isBest: true))
        #expect(lines.count == 4 && lines[0] == "held out after 60 steps, the best so far:")
        #expect(
            lines[1]
                == "  text to image: R@1 100.0 %, R@5 100.0 %, R@10 100.0 % (chance 50.0 %), median rank 1; "
                + "20 queries among 20")
        #expect(lines[3].contains("icons alone: R@10 100.0 %"))
    }

    @Test(arguments: [(1e-3, "1.0e-3"), (9.96e-4, "1.0e-3"), (0.0, "0"), (2.5, "2.5e0"), (12.0, "1.2e1")])
    func `small numbers are short`(value: Double, text: String) {
        #expect(Talk.scientificText(value) == text)
    }
}
