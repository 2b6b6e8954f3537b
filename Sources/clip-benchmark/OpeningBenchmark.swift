import ArgumentParser
import Failures
import Storage
import Terminal
import VectorIndex

/// How long an index takes to open, and then to answer its first query.
struct OpeningBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opening", abstract: "Milliseconds of opening an index and of its first query.",
        discussion: "Prints one JSON object. For a cold disk, drop the files from the page cache before.")

    @Argument(help: "An index.") var index: String
    @Argument(help: "Queries, a file of NumPy; the first one is asked.") var queries: String
    @Option(help: "What kind they are.") var kind = "words"

    func run() throws {
        reportingFailures(from: "clip-benchmark") { () throws(Failure) in
            let query = try NumPyFile(queries).row(0), start = ContinuousClock.now
            var snapshot = try IndexSnapshot(index)
            let opened = ContinuousClock.now
            let hits = try snapshot.nearest(10, to: query, as: QueryKind(kind))
            let ended = ContinuousClock.now
            try printResult(
                """
                {"opening_ms": \((opened - start) / .milliseconds(1)), \
                "first_query_ms": \((ended - opened) / .milliseconds(1)), \
                "count": \(snapshot.count), "lists": \(snapshot.nlist), "hits": \(hits[0].count)}
                """)
        }
    }
}
