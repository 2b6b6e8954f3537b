import Datasets
import Failures
import Retrieval
import Terminal

/// What is said while pictures or texts are indexed, and afterwards.
struct IndexingTalk {
    /// What is read: "pictures", "texts".
    let unit: String
    private let start = ContinuousClock.now
    private var live = LiveLine()
    private var progress: ProgressLine

    init(unit: String) {
        self.unit = unit
        progress = ProgressLine("embedding", 0, unit)
    }

    /// What is in the index: "pictures", "passages".
    private var stored: String { unit == "texts" ? "passages" : unit }

    mutating func tell(_ event: IndexingEvent) {
        switch event {
        case .found(let found, let toRead):
            live.say("\(countText(found)) \(unit) found, \(countText(toRead)) of them new or changed")
            progress = ProgressLine("embedding", toRead, unit)
        case .done(let done): live.show(progress.line(after: done))
        case .skipped(let name, let reason): live.say("skipped \(oneLine("\(name): \(reason)"))")
        }
    }

    mutating func finish() { live.finish() }

    /// "1,204 pictures in photos.clipindex: 12 new, 3 changed, 1 skipped (see …); 4.2 s".
    func summary(of report: IndexingReport, in index: String) -> String {
        let changes = [
            (report.added, "new"), (report.changed, "changed"), (report.moved, "moved"),
            (report.forgotten, "forgotten"), (report.skipped.count, "skipped (see \(oneLine(index))/skipped.jsonl)"),
        ].filter { $0.0 > 0 }.map { "\(countText($0.0)) \($0.1)" }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return "\(countText(report.indexed)) \(stored) in \(oneLine(index)): "
            + (changes.isEmpty ? "nothing new" : changes.joined(separator: ", ")) + "; \(durationText(seconds))"
    }

    /// What to do where words are searched for as if nothing were known of them.
    func advice(on report: IndexingReport, in index: String) -> String? {
        report.wordless.map {
            "searches by words are not calibrated: there are no captions to learn from; write some hundred, one a line, into "
                + "\(oneLine($0))/\(CaptionStock.fileName) and run clip-index optimize \(oneLine(index))"
        }
    }

    func failIfInterrupted(_ report: IndexingReport, at index: String) throws(Failure) {
        guard report.isInterrupted else { return }
        throw Failure(
            .interrupted, "interrupted", at: index,
            because: "\(countText(report.indexed)) \(stored) are in the index",
            try: "run the same command again to go on")
    }
}
