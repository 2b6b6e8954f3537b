import ArgumentParser
import Datasets
import Failures
import Terminal

@main struct ClipShapes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-shapes",
        abstract:
            "Draw pictures of two things with captions such as \"a small red circle left of a large blue square\".")

    @Argument(help: "The folder to make.") var output: String
    @Option(help: "Scenes to learn from.") var count = 10_000
    @Option(help: "Scenes for validation; none of their captions occurs in training.") var validation = 1_000
    @Option(help: "Seed of all scenes.") var seed: UInt64 = 1
    @Option(help: "Height and width of a picture.") var side = 64

    func run() throws {
        var folder = ShapeFolder()
        folder.count = count
        folder.validation = validation
        folder.seed = seed
        folder.side = side
        let progress = ProgressLine("drawing", count + validation, "scenes")
        var live = LiveLine()
        reportingFailures(from: "clip-shapes") { () throws(Failure) in
            try folder.write(to: output) { done, _ in live.show(progress.line(after: done)) }
        }
        live.finish()
    }
}
