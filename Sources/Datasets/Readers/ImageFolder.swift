import Failures
import Storage

/// Hugging Face's ImageFolder: `metadata.jsonl` or `metadata.csv` beside the pictures, at the top or in each split's folder.
struct ImageFolder: DatasetReader {
    static let name = "ImageFolder"
    static let looksLike = "a folder with metadata.jsonl or metadata.csv"
    let skipped: [Skipped]
    let columns: String?
    let partition: Partition?
    private let samples: [Sample]

    static func recognizes(_ path: String) -> Bool {
        FileKind(path) == .folder && !metadata(below: path).isEmpty
    }

    init(_ path: String, _ settings: ReaderSettings) throws(Failure) {
        var collector = SampleCollector()
        var understood: [String] = [], held: [String] = []
        for (split, file) in Self.metadata(below: path) {
            let table = FileNames.join(FileNames.join(path, split), file)
            let part: SampleCollector.Part =
                SplitNames.validation.contains(split.lowercased()) ? .validation : .training
            let text =
                FileNames.ending(file) == "csv"
                ? try TableRows.read(table, prefix: split, part: part, settings, into: &collector)
                : try JSONRecords.read(table, prefix: split, part: part, settings, into: &collector)
            understood.append("\(FileNames.join(split, file)): \(text)")
            if part == .validation { held.append("\(split)/") }
        }
        samples = collector.samples
        skipped = collector.skipped
        columns = understood.joined(separator: "; ")
        partition = collector.partition(source: held.joined(separator: ", "))
    }

    var count: Int { samples.count }

    func sample(at index: Int) throws(Failure) -> Sample { samples[index] }

    /// The metadata files: the one at the top, or one for each split that has it.
    private static func metadata(below path: String) -> [(split: String, file: String)] {
        func file(in folder: String) -> String? {
            ["metadata.jsonl", "metadata.csv"].first { FileNames.isFile(FileNames.join(folder, $0)) }
        }
        if let top = file(in: path) { return [("", top)] }
        return FileNames.inside(path).filter { SplitNames.all.contains($0.lowercased()) }.compactMap { split in
            file(in: FileNames.join(path, split)).map { (split, $0) }
        }
    }
}
