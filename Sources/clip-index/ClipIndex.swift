import ArgumentParser
import Datasets
import Failures
import Foundation
import Retrieval
import Terminal
import VectorIndex

struct ClipIndex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-index",
        abstract: "Embed every picture, or every text, below some folders, so that clip-search finds them.",
        discussion: """
            A second run on the same index embeds only what is new or changed, and forgets pictures whose files are gone. \
            What cannot be read is listed in the index's skipped.jsonl. Ctrl-C keeps what is done; the same command goes on.

            Files of vectors in place of pictures (.npy, .fvecs, .jsonl, .faiss, folders of clip-retrieval) need no model.

            Other first words do more; clip-index WORD --help tells how. add: more pictures, texts or vectors. remove: \
            some of them. info, verify, optimize: how the index is. duplicates, graph: what lies near what. export, \
            import: files of other programs. transforms: what shortening or whitening would do.
            """)

    @Argument(help: "Folders with pictures (\(readablePictures)), single pictures, or files of vectors.") var pictures:
        [String] = []
    @Option(help: "A folder with texts (.txt, .md), or a file of text, in place of pictures.") var text: [String] = []
    @Option(help: "How texts are cut: lines, paragraphs, or WORDS/OVERLAP. (default: 120/20)") var passages: String?
    @Option(help: "Model folder: a run of clip-train, a Hugging Face CLIP model, or a tower of one kind alone.")
    var model: String?
    @Option(name: [.short, .long], help: "Folder of the index; it is made, or updated.") var output: String
    @Option(help: "Write all embeddings as a matrix of NumPy to FILE.npy too, and their paths to FILE.txt.")
    var vectors: String?
    @Option(help: ArgumentHelp(stringLiteral: codecHelp)) var codec: CodecChoice?
    @Option(help: "Threads that decode pictures (default: one a core).") var workers: Int?
    @Flag(help: "Print what came of it as one JSON object.") var json = false

    func validate() throws {
        guard pictures.isEmpty != text.isEmpty else {
            throw ValidationError("give folders with pictures, or --text with texts: one of the two")
        }
        guard model != nil || holdsVectors else {
            throw ValidationError("--model is missing: only files of vectors need none")
        }
        guard text.isEmpty ? passages == nil : passages.map({ PassageRule($0) != nil }) ?? true else {
            throw ValidationError(
                "--passages cuts --text into lines, paragraphs or WORDS/OVERLAP, found \(passages ?? "")")
        }
        guard workers ?? 1 > 0 else { throw ValidationError("--workers must be at least 1, found \(workers ?? 0)") }
    }

    /// Whether all that is to be indexed are files of vectors.
    private var holdsVectors: Bool { !pictures.isEmpty && pictures.allSatisfy { vectorFormat(of: $0) != nil } }

    func run() throws {
        reportingFailures(from: "clip-index") { () throws(Failure) in
            guard let model else {
                var settings = VectorIndexingSettings(files: pictures, output: output)
                settings.codec = codec
                return try runIndexing(settings, json: json)
            }
            Interruption.watch()
            var talk = IndexingTalk(unit: text.isEmpty ? "pictures" : "texts")
            defer { talk.finish() }
            let report = try index(model) { talk.tell($0) }
            talk.finish()
            say(talk.summary(of: report, in: output))
            if let advice = talk.advice(on: report, in: output) { say(advice) }
            if json { try printResult(report.json) }
            try talk.failIfInterrupted(report, at: output)
            if let vectors {
                try writeVectors(of: output, to: vectors)
                say("vectors in \(oneLine(vectors)), their paths beside it")
            }
        }
    }

    private func index(_ model: String, tell: (IndexingEvent) -> Void) throws(Failure) -> IndexingReport {
        if text.isEmpty {
            var settings = IndexingSettings(
                pictures: pictures, model: model, output: output,
                workers: workers ?? ProcessInfo.processInfo.activeProcessorCount)
            settings.codec = codec
            return try indexPictures(settings, isInterrupted: { Interruption.isRequested }, tell: tell)
        }
        var settings = TextIndexingSettings(
            texts: text, model: model, output: output, rule: passages.flatMap { PassageRule($0) })
        settings.codec = codec
        return try indexTexts(settings, isInterrupted: { Interruption.isRequested }, tell: tell)
    }
}
