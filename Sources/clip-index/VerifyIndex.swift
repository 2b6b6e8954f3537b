import ArgumentParser
import Failures
import Retrieval
import Terminal

/// `clip-index verify INDEX`.
struct VerifyIndex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-index verify",
        abstract: "Check every byte of an index, and what its searches find against a look at every row.",
        discussion: "The exit code is 65 where a byte is damaged, or recall lies below --fail-under.")

    @Argument(help: "Index built by clip-index.") var index: String
    @Option(help: "Queries to measure as well: a file of vectors.") var queries: String?
    @Option(help: "Queries of each kind.") var sample = 500
    @Option(name: .short, help: "Hits that each query should find.") var k = 10
    @Option(help: "The recall that is asked for. (default: 0.95)") var recall: Double?
    @Option(help: "Inverted lists that a query visits, in the place of as many as --recall takes.") var nprobe: Int?
    @Option(help: "Fail where the recall of a kind of query is lower.") var failUnder: Double?
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard sample > 0, k > 0, nprobe ?? 1 > 0 else {
            throw ValidationError("--sample, -k and --nprobe must be at least 1")
        }
        guard (0...1).contains(recall ?? 0) else {
            throw ValidationError("--recall must lie between 0 and 1, found \(recall ?? 0)")
        }
        guard (0...1).contains(failUnder ?? 0) else {
            throw ValidationError("--fail-under must lie between 0 and 1, found \(failUnder ?? 0)")
        }
    }

    func run() throws {
        reportingFailures(from: "clip-index verify") { () throws(Failure) in
            var settings = VerificationSettings(index)
            (settings.queries, settings.sample, settings.k, settings.nprobe) = (queries, sample, k, nprobe)
            settings.recall = recall ?? settings.recall
            let report = try verifyIndex(settings)
            try printResults(json ? [report.json] : lines(of: report))
            for damage in report.damages.dropLast() { say("clip-index verify: \(oneLine(damage))") }
            if let damage = report.damages.last {
                throw Failure(
                    .badData, "index is damaged", at: index,
                    because: "\(countText(report.damages.count)) damages, the last: \(damage)", try: "build it again")
            }
            guard let failUnder, let poor = report.recalls.first(where: { $0.recall < failUnder }) else { return }
            throw Failure(
                .badData, "recall is too low", at: index,
                because: "\(decimalText(poor.recall, digits: 4)) of \(poor.kind), expected \(failUnder)",
                try: "visit more lists, or run clip-index optimize")
        }
    }

    private func lines(of report: VerificationReport) -> [String] {
        ["checksums\t\(report.damages.isEmpty ? "all agree" : "\(countText(report.damages.count)) damages")"]
            + report.recalls.map { recall in
                "recall@\(recall.k)\t\(recall.kind)\t\(decimalText(recall.recall, digits: 4))\t"
                    + "[\(recall.interval.map { decimalText($0, digits: 4) }.joined(separator: ", "))]\t"
                    + "\(countText(recall.queries)) queries"
            } + (report.health?.lines ?? [])
    }
}
