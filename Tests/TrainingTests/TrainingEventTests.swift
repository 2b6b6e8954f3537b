import Evaluation
import Foundation
import Testing

@testable import Training

@Suite struct TrainingEventTests {
    private func object(_ event: TrainingEvent) throws -> [String: Any] {
        let line = try JSONText.line(event)
        #expect(!line.contains("\n"))
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func `a step carries the fields that scripts read`() throws {
        let step = StepReport(
            step: 7, epoch: 1, seconds: 2.5, loss: 4.5, chanceLoss: 4.75, pairsPerSecond: 50, learningRate: 0.5,
            logitScale: 14.25, gradientNorm: 0.75, pictureCosine: 0, captionCosine: 0, progress: 0.25, secondsLeft: 9,
            waiting: 0, decodersWaiting: 0)
        let fields = try object(.step(step))
        #expect(fields["event"] as? String == "step" && fields["step"] as? Int == 7 && fields["epoch"] as? Int == 1)
        for key in [
            "seconds", "loss", "chance_loss", "pairs_per_second", "learning_rate", "logit_scale", "gradient_norm",
        ] {
            #expect(fields[key] is NSNumber, "\(key)")
        }
    }

    @Test func `an evaluation carries both directions`() throws {
        var pairs = Pairs()
        pairs.addPicture(captions: ["a"])
        let one: [Float] = [1]
        let retrieval = retrieval(pictures: one.span, captions: one.span, embedDim: 1, pairs: pairs)
        var findings = Findings()
        (findings.retrieval, findings.parts) = (retrieval, ["icons": retrieval])
        let report = EvaluationReport(
            step: 1, epoch: 0, seconds: 1, took: 1, findings: findings, isBest: true)
        let fields = try object(.evaluation(report))
        for direction in ["text_to_image", "image_to_text"] {
            let scores = try #require(fields[direction] as? [String: Any])
            #expect(
                Set(scores.keys) == [
                    "recall_at_1", "recall_at_5", "recall_at_10", "median_rank", "queries", "candidates",
                    "chance_at_10", "recall_at_1_interval", "recall_at_5_interval", "recall_at_10_interval",
                ])
            #expect((scores["recall_at_10_interval"] as? [Double])?.count == 2)
        }
        #expect((fields["parts"] as? [String: Any])?.keys.first == "icons" && fields["is_best"] as? Bool == true)
    }

    @Test func `a log keeps what a checkpoint knew and drops the rest`() throws {
        let path = NSTemporaryDirectory() + "log-\(UUID().uuidString).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var log = try JSONLog(path, keeping: 0)
        try log.append(["a": 1])
        let kept = log.count
        try log.append(["b": 2])
        var resumed = try JSONLog(path, keeping: kept)
        try resumed.append(["c": 3])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "{\"a\":1}\n{\"c\":3}\n")
    }
}
