import Failures
import Storage

/// A CSV or TSV table with a column of picture paths and one of captions; paths are relative to the table's folder.
///
/// In a folder: `captions.tsv` or `captions.csv`; else `train` and `validation` tables; else the only table there is.
struct CaptionTable: DatasetReader {
    static let name = "caption table"
    static let looksLike = "a .csv or .tsv table, or a folder with captions.tsv"
    let skipped: [Skipped]
    let columns: String?
    let partition: Partition?
    private let samples: [Sample]

    static func recognizes(_ path: String) -> Bool { !tables(at: path).isEmpty }

    init(_ path: String, _ settings: ReaderSettings) throws(Failure) {
        var collector = SampleCollector()
        let tables = Self.tables(at: path)
        var understood: [String] = []
        for (index, table) in tables.enumerated() {
            let part: SampleCollector.Part = index == 0 ? .training : .validation
            let text = try TableRows.read(table, part: part, settings, into: &collector)
            understood.append("\(FileNames.last(table)): \(text)")
        }
        samples = collector.samples
        skipped = collector.skipped
        columns = understood.joined(separator: "; ")
        partition = collector.partition(source: tables.dropFirst().first.map(FileNames.last) ?? "")
    }

    var count: Int { samples.count }

    func sample(at index: Int) throws(Failure) -> Sample { samples[index] }

    /// One table, or one for training and one for validation.
    private static func tables(at path: String) -> [String] {
        let endings = ["tsv", "csv", "tab"]
        guard FileKind(path) == .folder else { return endings.contains(FileNames.ending(path)) ? [path] : [] }
        let names = FileNames.inside(path).filter { endings.contains(FileNames.ending($0)) }
        func table(_ stems: [String]) -> String? { names.first { stems.contains(FileNames.stem($0).lowercased()) } }
        let found: [String] =
            if let captions = table(["captions"]) {
                [captions]
            } else if let training = table(["train", "training"]), let held = table(["validation", "val", "valid"]) {
                [training, held]
            } else if names.count == 1, FileNames.stem(names[0]) != "metadata" {
                names
            } else {
                []
            }
        return found.map { FileNames.join(path, $0) }
    }
}
