import ArgumentParser
import Failures
import Retrieval
import Terminal

/// `clip-index remove INDEX NAME …`.
struct RemoveFromIndex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-index remove", abstract: "Remove pictures, texts or vectors from an index; files stay.",
        discussion: """
            All of them, or none where one is not there. clip-index over a folder adds again what lies in it; clip-index \
            optimize takes the space of what was removed.
            """)

    @Argument(help: "Index built by clip-index.") var index: String
    @Argument(help: "Numbers, paths, or folders with all below them.") var names: [String] = []
    @Option(help: "The same from a file, one a line: quicker for thousands.") var from: String?
    @Flag(help: "Print what came of it as one JSON object.") var json = false

    func validate() throws {
        guard !names.isEmpty || from != nil else { throw ValidationError("give what is to be removed, or --from FILE") }
    }

    func run() throws {
        reportingFailures(from: "clip-index remove") { () throws(Failure) in
            let lines: [String] = if let from { try readLines(from) } else { [] }
            let (removed, left) = try removeFromIndex(index, names + lines)
            say("\(countText(removed)) removed, \(countText(left)) left in \(oneLine(index))")
            if json { try printResult("{\"indexed\":\(left),\"removed\":\(removed)}") }
        }
    }
}
