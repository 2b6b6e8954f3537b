import ArgumentParser
import Failures
import Retrieval
import Terminal
import VectorIndex

/// The formats of other programs, for help.
let formatHelp = vectorFormats.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ")

/// Fails where `--format` names none.
func checkFormat(_ name: String?) throws {
    guard let name, !vectorFormats.contains(where: { $0.name == name }) else { return }
    throw ValidationError(
        "--format must be one of \(vectorFormats.map { $0.name }.joined(separator: ", ")), found \(name)")
}

/// `clip-index import FILE … --output INDEX`.
struct ImportVectors: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-index import",
        abstract: "Make an index of vectors that any program made; no model is needed.",
        discussion: """
            clip-search INDEX --vector QUERIES.npy searches it. Vectors are divided by their lengths, so that scores are \
            cosines. clip-index build FILE … does the same with the usual settings.
            """)

    @Argument(help: "Files of vectors, or folders of clip-retrieval.") var files: [String]
    @Option(name: [.short, .long], help: "Folder of the index, which is made.") var output: String
    @Option(help: ArgumentHelp(stringLiteral: "What the files are, where names do not tell: \(formatHelp)."))
    var format: String?
    @Option(
        help:
            "NAME or NAME:DIMENSIONS: shorten or whiten the vectors, and later the queries, as clip-index transforms says."
    )
    var transform: TransformChoice?
    @Option(help: ArgumentHelp(stringLiteral: codecHelp)) var codec: CodecChoice?
    @Flag(help: "Leave vectors as long as they are: scores are inner products.") var unnormalized = false
    @Option(help: "Decides the luck of a transform that draws by lot.") var seed: UInt64 = 0
    @Flag(help: "Print what came of it as one JSON object.") var json = false

    func validate() throws { try checkFormat(format) }

    func run() throws {
        reportingFailures(from: "clip-index import") { () throws(Failure) in
            var settings = VectorIndexingSettings(files: files, output: output)
            (settings.format, settings.transform, settings.seed) = (format, transform, seed)
            (settings.normalizes, settings.codec) = (!unnormalized, codec)
            try runIndexing(settings, json: json)
        }
    }
}

/// Puts vectors into an index, with a live line, and tells what came of it.
func runIndexing(_ settings: VectorIndexingSettings, json: Bool) throws(Failure) {
    var live = LiveLine(), progress: ProgressLine?
    defer { live.finish() }
    let start = ContinuousClock.now
    let report = try indexVectors(settings) { done, all in
        if progress == nil { progress = ProgressLine("reading", all, "vectors") }
        if let progress, done > 0 { live.show(progress.line(after: done)) }
    }
    live.finish()
    for remark in report.remarks { say(oneLine(remark)) }
    if report.rescaled > 0 { say("\(countText(report.rescaled)) vectors were divided by their lengths") }
    let changes = [(report.added, "new"), (report.replaced, "replaced")].filter { $0.0 > 0 }
        .map { "\(countText($0.0)) \($0.1)" }.joined(separator: ", ")
    say(
        "\(countText(report.indexed)) vectors of \(countText(report.dimensions)) dimensions in \(oneLine(settings.output)): "
            + "\(changes); \(durationText((ContinuousClock.now - start) / .seconds(1)))")
    if json { try printResult(report.json) }
}
