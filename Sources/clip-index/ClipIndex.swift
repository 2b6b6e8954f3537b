import ArgumentParser
import Datasets
import Failures
import Foundation
import Retrieval
import Terminal

struct ClipIndex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-index",
        abstract: "Embed every picture, or every text, below some folders, so that clip-search finds them.",
        discussion: """
            A second run on the same index embeds only what is new or changed, and forgets pictures whose files are gone. \
            What cannot be read is listed in the index's skipped.jsonl. Ctrl-C keeps what is done; the same command goes on.

            clip-index transforms --help tells how to compare what can be done to embeddings afterwards.
            """)

    @Argument(help: "Folders with pictures (PNG or JPEG), or single pictures.") var pictures: [String] = []
    @Option(help: "A folder with texts (.txt, .md), or a file of text, in place of pictures.") var text: [String] = []
    @Option(help: "How texts are cut: lines, paragraphs, or WORDS/OVERLAP. (default: 120/20)") var passages: String?
    @Option(help: "Model folder: a run of clip-train, a Hugging Face CLIP model, or a tower of one kind alone.")
    var model: String
    @Option(name: [.short, .long], help: "Folder of the index; it is made, or updated.") var output: String
    @Option(help: "Write all embeddings as a matrix of NumPy to FILE.npy too, and their paths to FILE.txt.")
    var vectors: String?
    @Option(help: "Threads that decode pictures (default: one a core).") var workers: Int?

    func validate() throws {
        guard pictures.isEmpty != text.isEmpty else {
            throw ValidationError("give folders with pictures, or --text with texts: one of the two")
        }
        guard text.isEmpty ? passages == nil : passages.map({ PassageRule($0) != nil }) ?? true else {
            throw ValidationError(
                "--passages cuts --text into lines, paragraphs or WORDS/OVERLAP, found \(passages ?? "")")
        }
        guard workers ?? 1 > 0 else { throw ValidationError("--workers must be at least 1, found \(workers ?? 0)") }
    }

    func run() throws {
        reportingFailures(from: "clip-index") { () throws(Failure) in
            Interruption.watch()
            let start = ContinuousClock.now
            var live = LiveLine(), progress = ProgressLine("embedding", 0, unit)
            defer { live.finish() }
            let report = try index { event in
                switch event {
                case .found(let found, let toRead):
                    live.say("\(countText(found)) \(unit) found, \(countText(toRead)) of them new or changed")
                    progress = ProgressLine("embedding", toRead, unit)
                case .done(let done): live.show(progress.line(after: done))
                case .skipped(let name, let reason): live.say("skipped \(oneLine("\(name): \(reason)"))")
                }
            }
            live.finish()
            say(summary(of: report, seconds: (ContinuousClock.now - start) / .seconds(1)))
            if report.isInterrupted {
                throw Failure(
                    .interrupted, "interrupted", at: output,
                    because: "\(countText(report.indexed)) \(text.isEmpty ? "pictures" : "passages") are in the index",
                    try: "run the same command again to go on")
            }
            if let vectors {
                try writeVectors(of: output, to: vectors)
                say("vectors in \(oneLine(vectors)), their paths beside it")
            }
        }
    }

    private var unit: String { text.isEmpty ? "pictures" : "texts" }

    private func index(tell: (IndexingEvent) -> Void) throws(Failure) -> IndexingReport {
        if text.isEmpty {
            let settings = IndexingSettings(
                pictures: pictures, model: model, output: output,
                workers: workers ?? ProcessInfo.processInfo.activeProcessorCount)
            return try indexPictures(settings, isInterrupted: { Interruption.isRequested }, tell: tell)
        }
        let settings = TextIndexingSettings(
            texts: text, model: model, output: output, rule: passages.flatMap { PassageRule($0) })
        return try indexTexts(settings, isInterrupted: { Interruption.isRequested }, tell: tell)
    }

    /// "1,204 pictures in photos.clipindex: 12 new, 3 changed, 1 skipped (see …); 4.2 s".
    private func summary(of report: IndexingReport, seconds: Double) -> String {
        let changes = [
            (report.added, "new"), (report.changed, "changed"), (report.moved, "moved"),
            (report.forgotten, "forgotten"), (report.skipped.count, "skipped (see \(oneLine(output))/skipped.jsonl)"),
        ].filter { $0.0 > 0 }.map { "\(countText($0.0)) \($0.1)" }
        return "\(countText(report.indexed)) \(text.isEmpty ? "pictures" : "passages") in \(oneLine(output)): "
            + (changes.isEmpty ? "nothing new" : changes.joined(separator: ", ")) + "; \(durationText(seconds))"
    }
}
