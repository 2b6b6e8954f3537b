import ArgumentParser
import Failures
import Foundation
import Retrieval
import Terminal

@main struct ClipIndex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-index",
        abstract: "Embed every picture below some folders, so that clip-search finds them.",
        discussion: """
            A second run on the same index embeds only what is new or changed, and forgets pictures whose files are gone. \
            What cannot be read is listed in the index's skipped.jsonl. Ctrl-C keeps what is done; the same command goes on.
            """)

    @Argument(help: "Folders with pictures (PNG or JPEG), or single pictures.") var pictures: [String]
    @Option(help: "Model folder: a run directory of clip-train, or a Hugging Face CLIP model.") var model: String
    @Option(name: [.short, .long], help: "Folder of the index; it is made, or updated.") var output: String
    @Option(help: "Threads that decode pictures (default: one a core).") var workers: Int?

    func validate() throws {
        guard !pictures.isEmpty else { throw ValidationError("Missing expected argument '<pictures> ...'") }
        guard workers ?? 1 > 0 else { throw ValidationError("--workers must be at least 1, found \(workers ?? 0)") }
    }

    func run() throws {
        reportingFailures(from: "clip-index") { () throws(Failure) in
            Interruption.watch()
            let start = ContinuousClock.now
            let settings = IndexingSettings(
                pictures: pictures, model: model, output: output,
                workers: workers ?? ProcessInfo.processInfo.activeProcessorCount)
            var live = LiveLine(), progress = ProgressLine("embedding", 0, "pictures")
            defer { live.finish() }
            let report = try indexPictures(settings, isInterrupted: { Interruption.isRequested }) { event in
                switch event {
                case .found(let found, let toRead):
                    live.say("\(countText(found)) pictures found, \(countText(toRead)) of them new or changed")
                    progress = ProgressLine("embedding", toRead, "pictures")
                case .done(let done): live.show(progress.line(after: done))
                case .skipped(let name, let reason): live.say("skipped \(oneLine("\(name): \(reason)"))")
                }
            }
            live.finish()
            say(summary(of: report, seconds: (ContinuousClock.now - start) / .seconds(1)))
            if report.isInterrupted {
                throw Failure(
                    .interrupted, "interrupted", at: output,
                    because: "\(countText(report.indexed)) pictures are in the index",
                    try: "run the same command again to go on")
            }
        }
    }

    /// "1,204 pictures in photos.clipindex: 12 new, 3 changed, 1 skipped (see …); 4.2 s".
    private func summary(of report: IndexingReport, seconds: Double) -> String {
        let changes = [
            (report.added, "new"), (report.changed, "changed"), (report.moved, "moved"),
            (report.forgotten, "forgotten"), (report.skipped.count, "skipped (see \(oneLine(output))/skipped.jsonl)"),
        ].filter { $0.0 > 0 }.map { "\(countText($0.0)) \($0.1)" }
        return "\(countText(report.indexed)) pictures in \(oneLine(output)): "
            + (changes.isEmpty ? "nothing new" : changes.joined(separator: ", ")) + "; \(durationText(seconds))"
    }
}
