import Failures
import Storage

/// A JSON object a line, with a picture's path and a caption or a list of them: `{"image": "1.png", "caption": "a cat"}`.
struct JSONLines: DatasetReader {
    static let name = "JSON lines"
    static let looksLike = "a .jsonl file, or a folder with one"
    let skipped: [Skipped]
    let columns: String?
    private let samples: [Sample]

    static func recognizes(_ path: String) -> Bool { file(at: path) != nil }

    init(_ path: String, _ settings: ReaderSettings) throws(Failure) {
        var collector = SampleCollector()
        let file = Self.file(at: path) ?? path
        let understood = try JSONRecords.read(file, settings, into: &collector)
        columns = "\(FileNames.last(file)): \(understood)"
        samples = collector.samples
        skipped = collector.skipped
    }

    var count: Int { samples.count }

    func sample(at index: Int) throws(Failure) -> Sample { samples[index] }

    private static func file(at path: String) -> String? {
        let endings = ["jsonl", "ndjson"]
        guard FileKind(path) == .folder else { return endings.contains(FileNames.ending(path)) ? path : nil }
        let names = FileNames.inside(path).filter { endings.contains(FileNames.ending($0)) }
        let captions = names.first { FileNames.stem($0) == "captions" } ?? (names.count == 1 ? names[0] : nil)
        return captions.map { FileNames.join(path, $0) }
    }
}
