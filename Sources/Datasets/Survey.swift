import Failures
import Storage

/// One walk over all samples: names, counts, examples, and the fingerprint.
struct Survey {
    private(set) var names: [String] = []
    private(set) var fingerprint = Fingerprint()
    private var fewest = Int.max, most = 0, captionCount = 0
    private var examples: [String] = []

    init(of reader: any DatasetReader) throws(Failure) {
        let chosen: Set<Int> = [0, reader.count / 3, 2 * reader.count / 3]
        names.reserveCapacity(reader.count)
        for index in 0..<reader.count {
            let sample = try reader.sample(at: index)
            names.append(sample.name)
            captionCount += sample.captions.count
            fewest = min(fewest, sample.captions.count)
            most = max(most, sample.captions.count)
            if chosen.contains(index) {
                examples.append(sample.captions.first.map { "\(sample.name): \($0)" } ?? sample.name)
            }
            append("\(sample.name)\u{0}\(sample.captions.joined(separator: "\u{0}"))\n")
        }
    }

    /// Takes the lists into the fingerprint.
    mutating func append(_ partition: Partition) {
        append("\(partition.training.map(String.init).joined(separator: " "))\n")
        append("\(partition.validation.map(String.init).joined(separator: " "))\n")
    }

    private mutating func append(_ text: String) { fingerprint.append(Array(text.utf8)) }

    /// What a user reads first.
    func lines(
        _ reader: any DatasetReader, _ partition: Partition, split: String, skipped: [Skipped]
    ) -> [String] {
        let mean = (captionCount * 10 + names.count / 2) / names.count
        let share =
            fewest == most
            ? "\(most) a picture" : "\(fewest) to \(most) a picture, \(mean / 10).\(mean % 10) on average"
        var lines = ["\(type(of: reader).name)" + (reader.columns.map { " (\($0))" } ?? "")]
        lines.append(
            "\(grouped(names.count)) pictures" + (most > 0 ? ", \(grouped(captionCount)) captions (\(share))" : ""))
        lines.append(
            "\(grouped(partition.training.count)) for training, \(grouped(partition.validation.count)) for validation (\(split))"
        )
        lines += examples.map { "for example \($0)" }
        if !skipped.isEmpty { lines.append("refused \(grouped(skipped.count)): \(Dataset.refusals(skipped))") }
        return lines
    }
}
