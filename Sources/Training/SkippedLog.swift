import Datasets
import Failures
import Foundation

/// The file `skipped.jsonl`: every sample that could not be used, once, by name and reason.
struct SkippedLog: ~Copyable {
    private var log: JSONLog
    private var known: Set<Skipped> = []

    /// Samples in the file.
    var count: Int { known.count }

    /// Opens the file and reads what is there; a line that a crash cut short is dropped.
    init(_ path: String) throws(Failure) {
        let text = FileManager.default.contents(atPath: path) ?? Data()
        var kept = 0
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            guard let skipped = try? JSONText.read(Skipped.self, Data(line), named: path) else { break }
            known.insert(skipped)
            kept += line.count + 1
        }
        log = try JSONLog(path, keeping: kept)
    }

    /// Adds those that are new.
    mutating func append(_ skipped: [Skipped]) throws(Failure) {
        for one in skipped where known.insert(one).inserted { try log.append(one) }
    }
}
