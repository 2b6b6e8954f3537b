import ArgumentParser
import Failures
import Retrieval
import Terminal

@main struct ClipExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-export",
        abstract: "Write what a run learnt for other programs.",
        discussion: "A run directory opens in transformers as it is; this writes what needs another form.")

    @Argument(help: "Run directory of clip-train.") var model: String
    @Option(help: "Folder to make for sentence-transformers: the text tower, and what joins it to pictures.")
    var sentenceTransformers: String

    func run() throws {
        reportingFailures(from: "clip-export") { () throws(Failure) in
            try exportSentenceEncoder(of: model, to: sentenceTransformers)
            say("text tower in \(oneLine(sentenceTransformers))")
        }
    }
}
