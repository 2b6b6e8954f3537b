import ArgumentParser
import Failures
import Foundation
import Retrieval
import Terminal

/// `clip-index add INDEX PLACE …`.
struct AddToIndex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-index add",
        abstract: "Add pictures, texts or vectors to an index, whichever it holds; nothing is forgotten.",
        discussion: "Pictures and texts are embedded by the model inside the index.")

    @Argument(help: "Index built by clip-index.") var index: String
    @Argument(help: "Folders or files with pictures or texts; files of vectors.") var places: [String]
    @Flag(help: "A vector whose number is in use takes the former one's place.") var replace = false
    @Option(help: ArgumentHelp(stringLiteral: "What files of vectors are, where names do not tell: \(formatHelp)."))
    var format: String?
    @Option(help: "Threads that decode pictures (default: one a core).") var workers: Int?
    @Flag(help: "Print what came of it as one JSON object.") var json = false

    func validate() throws {
        try checkFormat(format)
        guard workers ?? 1 > 0 else { throw ValidationError("--workers must be at least 1, found \(workers ?? 0)") }
    }

    func run() throws {
        reportingFailures(from: "clip-index add") { () throws(Failure) in
            let (kind, model) = try indexKind(index)
            guard kind == .vectors || (!replace && format == nil) else {
                throw Failure(
                    .badSettings, "cannot use option", at: replace ? "--replace" : "--format",
                    because: "the index holds \(kind)", try: "leave it out")
            }
            guard kind != .vectors else {
                var settings = VectorIndexingSettings(files: places, output: index)
                (settings.format, settings.replaces, settings.isAddition) = (format, replace, true)
                return try runIndexing(settings, json: json)
            }
            Interruption.watch()
            let unit = kind == .pictures ? "pictures" : "texts"
            var talk = IndexingTalk(unit: unit)
            defer { talk.finish() }
            let report: IndexingReport
            if kind == .pictures {
                var settings = IndexingSettings(
                    pictures: places, model: model ?? "", output: index,
                    workers: workers ?? ProcessInfo.processInfo.activeProcessorCount)
                settings.forgets = false
                report = try indexPictures(
                    settings, isInterrupted: { Interruption.isRequested }, tell: { talk.tell($0) })
            } else {
                var settings = TextIndexingSettings(texts: places, model: model ?? "", output: index)
                settings.forgets = false
                report = try indexTexts(settings, isInterrupted: { Interruption.isRequested }, tell: { talk.tell($0) })
            }
            talk.finish()
            say(talk.summary(of: report, in: index))
            if let advice = talk.advice(on: report, in: index) { say(advice) }
            if json { try printResult(report.json) }
            try talk.failIfInterrupted(report, at: index)
        }
    }
}
