import Evaluation
import Failures
import Terminal
import Towers
import Training

/// Tells a person on stderr, and a program on stdout, what a run reports.
struct Talk {
    private let printsJSON: Bool
    private var line = LiveLine()
    /// What a step counts.
    private var items = Material.pairs.items

    init(printsJSON: Bool) { self.printsJSON = printsJSON }

    /// Tells one event.
    mutating func tell(_ event: TrainingEvent) throws(Failure) {
        if printsJSON { try printResult(JSONText.line(event)) }
        switch event {
        case .start(let report):
            items = report.material.items
            for text in Self.lines(of: report) { line.say(text) }
        case .features(let report): show(report)
        case .step(let report): line.show(Self.text(of: report, items: items))
        case .evaluation(let report): for text in Self.lines(of: report) { line.say(text) }
        case .checkpoint: break
        case .warning(let report): line.say("warning: step \(countText(report.step)): \(oneLine(report.message))")
        case .done(let report):
            line.finish()
            for text in Self.lines(of: report) { line.say(text) }
        }
    }

    /// Leaves the live line as it stands.
    mutating func finish() { line.finish() }

    /// What was understood, the model, the plan.
    static func lines(of report: StartReport) -> [String] {
        let budget = [
            report.budget.steps.map { "\(countText($0)) steps" }, report.budget.minutes.map { durationText($0 * 60) },
        ].compactMap { $0 }.joined(separator: " or ")
        return report.understood.map(oneLine) + [
            "model \(oneLine(report.model)): \(countText(report.parameters)) weights"
                + (report.lockedParameters > 0 ? " to learn, \(countText(report.lockedParameters)) locked; " : "; ")
                + report.towers.joined(separator: "; "),
            "objective " + report.objectives.joined(separator: " + "),
            "plan: \(budget), batches of \(report.batchSize), \(countText(report.stepsPerEpoch)) steps an epoch, "
                + "\(report.threads) threads",
            (report.step > 0 ? "going on after step \(countText(report.step)) in " : "run directory ")
                + oneLine(report.output),
        ]
    }

    /// A live line while a locked tower works, and a line that stays when it is done.
    private mutating func show(_ report: FeatureReport) {
        let what = report.tower == .image ? "pictures" : "captions"
        guard report.done == report.all else {
            let left = Double(report.all - report.done) / max(report.perSecond, 1e-9)
            line.show(
                "features of \(countText(report.done)) of \(countText(report.all)) \(what) · "
                    + "\(rateText(report.perSecond)) \(what)/s"
                    + (report.done > 0 ? " · \(durationText(left)) left" : ""))
            return
        }
        line.say(
            report.all == 0
                ? "features of all \(what) are known from a former run"
                : "features of \(countText(report.all)) \(what) made in \(durationText(report.seconds)), "
                    + "\(rateText(report.perSecond)) a second")
    }

    /// The live line.
    static func text(of report: StepReport, items: String = Material.pairs.items) -> String {
        let parts = (report.losses ?? [:]).sorted { $0.key < $1.key }
            .map { ", \($0.key) \(decimalText(Double($0.value), digits: 3))" }
        return [
            "step \(countText(report.step))", "epoch \(report.epoch + 1)",
            "loss \(decimalText(Double(report.loss), digits: 3))"
                + (report.chanceLoss.map { " (chance \(decimalText(Double($0), digits: 3))\(parts.joined()))" } ?? ""),
            "\(rateText(report.pairsPerSecond)) \(items)/s", "\(durationText(report.secondsLeft)) left",
            "lr \(scientificText(Double(report.learningRate)))",
            report.logitScale.map { "scale \(decimalText(Double($0), digits: 1))" },
            "waiting for data \(decimalText(report.waiting * 100, digits: 0)) %",
        ].compactMap { $0 }.joined(separator: " · ")
    }

    /// What was found of what is held out, one kind of question a line.
    static func lines(of report: EvaluationReport) -> [String] {
        let findings = report.findings
        let scores = [
            ("text to image", findings.retrieval?.textToImage), ("image to text", findings.retrieval?.imageToText),
            ("text to text", findings.textToText), ("view to view", findings.viewToView),
        ]
        var lines = ["held out after \(countText(report.step)) steps\(report.isBest ? ", the best so far" : ""):"]
        if let neighbors = findings.neighbors {
            lines.append(
                "  class by neighbours: \(percent(neighbors.accuracy)) right (chance \(percent(neighbors.chance))); "
                    + "\(countText(neighbors.queries)) queries among \(countText(neighbors.candidates)), "
                    + "\(neighbors.classes) classes")
        }
        if let probe = findings.probe {
            lines.append(
                "  class by a linear probe: \(percent(probe.accuracy)) right (chance \(percent(probe.chance))), "
                    + "learnt from \(countText(probe.candidates))")
        }
        for case (let name, let score?) in scores { lines.append(Self.line(name, score)) }
        for (file, found) in findings.files.sorted(by: { $0.key < $1.key }) {
            if let score = found.textToText { lines.append(Self.line(oneLine(file), score)) }
            if let similarity = found.similarity {
                let interval = similarity.spearmanInterval
                lines.append(
                    "  \(oneLine(file)): Spearman \(decimalText(100 * similarity.spearman, digits: 1)) "
                        + "[\(decimalText(100 * interval.lower, digits: 1)), "
                        + "\(decimalText(100 * interval.upper, digits: 1))] (chance 0), "
                        + "\(countText(similarity.pairs)) pairs of texts with scores")
            }
        }
        for (length, cut) in findings.prefixes.sorted(by: { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }) {
            lines.append("  first \(length) numbers: \(Self.figures(of: cut))")
        }
        for (part, scores) in findings.parts.sorted(by: { $0.key < $1.key }) {
            lines.append(
                "  \(oneLine(part)) alone: R@10 \(percent(scores.textToImage.recallAt10)) and "
                    + "\(percent(scores.imageToText.recallAt10)) (chance \(percent(scores.textToImage.chanceAt10)))")
        }
        return lines
    }

    private static func line(_ name: String, _ score: RetrievalScores) -> String {
        "  \(name): R@1 \(percent(score.recallAt1)), R@5 \(percent(score.recallAt5)), "
            + "R@10 \(percent(score.recallAt10)) (chance \(percent(score.chanceAt10))), "
            + "median rank \(decimalText(score.medianRank, digits: 0)); "
            + "\(countText(score.queries)) queries among \(countText(score.candidates))"
    }

    /// What cut embeddings are worth, in few words.
    private static func figures(of cut: Findings) -> String {
        let scores = [
            ("text to image", cut.retrieval?.textToImage), ("image to text", cut.retrieval?.imageToText),
            ("text to text", cut.textToText), ("view to view", cut.viewToView),
        ]
        let recalls = scores.compactMap { name, score in score.map { "\(name) R@10 \(percent($0.recallAt10))" } }
        return (recalls + (cut.neighbors.map { ["class by neighbours \(percent($0.accuracy))"] } ?? []))
            .joined(separator: ", ")
    }

    /// The last lines: what came of it and what to do next.
    static func lines(of report: DoneReport) -> [String] {
        let output = oneLine(report.output)
        var lines = [
            "done after \(countText(report.step)) steps in \(durationText(report.seconds)), "
                + "with \(countText(report.peakBytes / 1_000_000)) MB of memory at most"
        ]
        if let best = report.bestScore, let step = report.bestStep {
            let what =
                switch report.bestMeasure {
                case .neighborAccuracy: "class by neighbours"
                case .spearman: "rank correlation"
                case .meanRecall, nil: "mean of R@1, R@5 and R@10"
                }
            lines.append("best \(what): \(percent(best)) after step \(countText(step))")
        }
        if report.skipped > 0 {
            lines.append("\(countText(report.skipped)) samples were skipped: see \(output)/skipped.jsonl")
        }
        switch report.material {
        case .pairs: lines.append("next: clip-index PICTURES --model \(output) --output photos.clipindex")
        case .pictures:
            lines.append(
                "next: clip-train PICTURES --init \(output), with captions; or clip-index PICTURES --model \(output), "
                    + "to search by picture")
        case .texts: lines.append("next: clip-index --text TEXTS --model \(output) --output texts.clipindex")
        }
        return lines
    }

    static func percent(_ share: Double) -> String { decimalText(share * 100, digits: 1) + " %" }

    /// A small number as `9.1e-4`.
    static func scientificText(_ value: Double) -> String {
        guard value > 0, value.isFinite else { return "0" }
        var mantissa = value, exponent = 0
        while mantissa < 1 {
            mantissa *= 10
            exponent -= 1
        }
        while mantissa >= 9.95 {  // what would be rounded to 10.0
            mantissa /= 10
            exponent += 1
        }
        return decimalText(mantissa, digits: 1) + "e\(exponent)"
    }
}
