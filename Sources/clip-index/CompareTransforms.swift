import ArgumentParser
import Failures
import Foundation
import Retrieval
import Terminal
import VectorIndex

/// `clip-index transforms VECTORS --queries QUERIES`.
struct CompareTransforms: ParsableCommand {
    static let verb = "transforms"
    static let configuration = CommandConfiguration(
        commandName: "clip-index \(verb)",
        abstract: "Compare what shortening or whitening would do to embeddings; nothing is changed.",
        discussion: """
            Each transform is fitted on the vectors, applied to them and to the queries, and measured; all are compared \
            by cosine. With one --transform and --output its vectors are written, and the transform beside them.
            """)

    @Argument(help: "Vectors: a matrix of NumPy (.npy), or an index.") var vectors: String
    @Option(help: "Queries: a matrix of NumPy, or an index. Row i of VECTORS answers query i.") var queries: String?
    @Option(help: "Which rows answer them: one line a query, row numbers from 0.") var truth: String?
    @Option(help: "Vectors to fit on, in place of VECTORS.") var fitOn: String?
    @Option(help: transformHelp) var transform: [TransformChoice] = []
    @Option(help: "A transform that an earlier run wrote, in place of fitting one.") var apply: String?
    @Option(
        name: [.short, .long], help: "Write the vectors of the one transform to FILE.npy, and it to FILE.transform.")
    var output: String?
    @Flag(help: "Leave the vectors that are written as long as they come; else each is divided by its length.")
    var unnormalized = false
    @Option(help: "Decides the luck of projections and rotations.") var seed: UInt64 = 0
    @Flag(help: "Print one JSON object a line, one a transform.") var json = false

    private static let transformHelp: ArgumentHelp = """
        NAME or NAME:DIMENSIONS, any number of times: \(embeddingTransforms.map { "\($0.name) (\($0.summary))" }
            .joined(separator: ", ")). (default: none, mean, and halves and quarters)
        """

    func validate() throws {
        guard truth == nil || queries != nil else { throw ValidationError("--truth needs --queries") }
        guard apply == nil || (transform.isEmpty && fitOn == nil) else {
            throw ValidationError("--apply takes a transform as it is: leave out --transform and --fit-on")
        }
        guard output == nil || transform.count + (apply == nil ? 0 : 1) == 1 else {
            throw ValidationError("--output writes the vectors of one transform: name it with --transform or --apply")
        }
        guard output?.hasSuffix(".npy") ?? true else {
            throw ValidationError("--output must end with .npy, found \(output ?? "")")
        }
    }

    func run() throws {
        reportingFailures(from: "clip-index \(Self.verb)") { () throws(Failure) in
            var live = LiveLine(), reports: [TransformReport] = []
            defer { live.finish() }
            try compareTransforms(settings) { (event) throws(Failure) in
                switch event {
                case .read(let vectors, let dimensions, let queries):
                    live.say(
                        "\(countText(vectors)) vectors of \(countText(dimensions)) dimensions, "
                            + "\(countText(queries)) queries")
                case .skipped(let transform, let reason): live.say("skipped \(transform): \(oneLine(reason))")
                case .compared(let report):
                    reports.append(report)
                    if json { try printResult(report.json) }
                    live.show("measured \(report.transform)")
                }
            }
            live.finish()
            if !json { try printResults(TransformTable(reports).lines) }
            if let output { say("vectors in \(oneLine(output)), the transform beside it") }
        }
    }

    private var settings: TransformSettings {
        var settings = TransformSettings(vectors: vectors)
        (settings.queries, settings.truth, settings.fitOn) = (queries, truth, fitOn)
        (settings.transforms, settings.fitted, settings.output) = (transform, apply, output)
        (settings.normalizesOutput, settings.seed) = (!unnormalized, seed)
        return settings
    }
}
