import ArgumentParser
import Failures
import Retrieval
import Terminal

/// `clip-index duplicates INDEX`.
struct FindDuplicates: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-index duplicates",
        abstract: "Print groups of embeddings that lie near each other: group, score, number, name.",
        discussion: """
            Pictures must look alike as well, by a perceptual hash, unless --by-vectors is given; each is compared with \
            the first of its group. Others are in one group where a chain of neighbours joins them.
            """)

    @Argument(help: "Index built by clip-index.") var index: String
    @Option(help: "Least score of two that belong together.") var atLeast: Float = 0.95
    @Flag(help: "Compare pictures by their embeddings alone.") var byVectors = false
    @Option(help: "Inverted lists that each looks into; not where looks are compared.") var nprobe: Int?
    @Flag(help: "Print one JSON object a line.") var json = false

    func validate() throws {
        guard nprobe ?? 1 > 0 else { throw ValidationError("--nprobe must be at least 1, found \(nprobe ?? 0)") }
    }

    func run() throws {
        reportingFailures(from: "clip-index duplicates") { () throws(Failure) in
            let hits = try nearDuplicates(
                in: index, leastScore: atLeast, comparesLooks: !byVectors, nprobe: nprobe)
            say("groups of duplicates: \(countText(hits.last?.group ?? 0))")
            try printResults(
                hits.map { hit in
                    json
                        ? hit.json
                        : [
                            "\(hit.group)", decimalText(Double(hit.score), digits: 4), "\(hit.id)",
                            oneLine(hit.name ?? ""),
                        ]
                        .joined(separator: "\t")
                })
        }
    }
}

/// `clip-index graph INDEX --output FILE`.
struct WriteGraph: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-index graph", abstract: "Write the nearest others of every embedding into a file.")

    @Argument(help: "Index built by clip-index.") var index: String
    @Option(name: .short, help: "Neighbours of each.") var k = 10
    @Option(help: "Inverted lists that each looks into.") var nprobe: Int?
    @Option(
        name: [.short, .long],
        help: "FILE.jsonl, or FILE.npy with numbers and FILE.scores.npy, FILE.ids.npy beside it.") var output: String

    func validate() throws {
        guard k > 0, nprobe ?? 1 > 0 else { throw ValidationError("-k and --nprobe must be at least 1") }
    }

    func run() throws {
        reportingFailures(from: "clip-index graph") { () throws(Failure) in
            var live = LiveLine(), progress: ProgressLine?
            defer { live.finish() }
            let count = try writeNeighborGraph(of: index, k: k, nprobe: nprobe, to: output) { done, all in
                if progress == nil { progress = ProgressLine("joining", all, "embeddings") }
                if let progress, done > 0 { live.show(progress.line(after: done)) }
            }
            live.finish()
            say("\(countText(k)) neighbours of \(countText(count)) embeddings in \(oneLine(output))")
        }
    }
}

/// `clip-index export INDEX FILE`.
struct ExportIndex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-index export", abstract: "Write the vectors of an index for another program.")

    @Argument(help: "Index built by clip-index.") var index: String
    @Argument(help: "File, or new folder, that is written.") var output: String
    @Option(help: ArgumentHelp(stringLiteral: "What it shall be, where its name does not tell: \(formatHelp)."))
    var format: String?

    func validate() throws { try checkFormat(format) }

    func run() throws {
        reportingFailures(from: "clip-index export") { () throws(Failure) in
            let count = try exportIndex(index, to: output, format: format)
            say("\(countText(count)) vectors in \(oneLine(output))")
        }
    }
}
