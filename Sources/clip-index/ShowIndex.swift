import ArgumentParser
import Failures
import Retrieval
import Terminal
import VectorIndex

/// `clip-index info INDEX`.
struct ShowIndex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-index info", abstract: "Print what an index holds and how its lists have kept up.")

    @Argument(help: "Index built by clip-index.") var index: String
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        reportingFailures(from: "clip-index info") { () throws(Failure) in
            let information = try IndexInformation(index)
            try printResults(json ? [information.json] : information.lines)
        }
    }
}

/// `clip-index optimize INDEX`.
struct OptimizeIndex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-index optimize",
        abstract: "Write an index anew: one segment, nothing removed in it, lists made from all that it holds now.")

    @Argument(help: "Index built by clip-index.") var index: String
    @Flag(help: "Print what it is like now as one JSON object.") var json = false

    func run() throws {
        reportingFailures(from: "clip-index optimize") { () throws(Failure) in
            let start = ContinuousClock.now, (before, after) = try optimizeIndex(index)
            say(
                "\(countText(after.health.embeddings)) embeddings in \(countText(after.health.segments)) segments, before "
                    + "\(countText(before.health.segments)); \(countText(before.health.removed)) removed rows are gone; "
                    + "\(sizeText(after.bytes)), before \(sizeText(before.bytes)); "
                    + durationText((ContinuousClock.now - start) / .seconds(1)))
            if json { try printResult(after.json) }
        }
    }
}

extension IndexInformation {
    /// One property a line.
    fileprivate var lines: [String] {
        var lines = [
            "holds\t\(countText(health.embeddings)) \(kind)", "dimensions\t\(countText(dimensions))",
            "segments\t\(countText(health.segments))", "lists\t\(countText(health.lists))",
            "removed\t\(countText(health.removed)) rows still on disk", "generation\t\(countText(generation))",
            "size\t\(sizeText(bytes))",
        ]
        if let model { lines.append("model\t\(oneLine(model)), \(sizeText(modelBytes))") }
        lines.append("codec\t\(codec)\(health.lists == 0 ? ", once there are lists" : "")")
        if let transform { lines.append("transform\t\(oneLine(transform))") }
        for table in recalls {
            let points = table.points.map {
                "\(decimalText($0.recall, digits: 2)) in \(decimalText(100 * $0.scanned, digits: 2)) %"
            }
            lines.append("recall of \(table.kind)\t\(points.joined(separator: ", ")) of all")
        }
        return lines + health.lines
    }
}

extension IndexHealth {
    /// Imbalance, drift, and whether to do something about them.
    var lines: [String] {
        [
            "imbalance\t\(decimalText(imbalance, digits: 2))", "drift\t\(decimalText(drift, digits: 4))",
            "optimize\t\(wantsOptimizing ? "yes" : "no need")",
        ]
    }
}
