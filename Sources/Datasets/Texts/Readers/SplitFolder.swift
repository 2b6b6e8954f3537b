import Failures
import Storage
import Tokenizers

/// A folder that holds `train` and `validation` files of one of the other forms: `train.tsv` and `validation.tsv`.
struct SplitFolder: CorpusReader {
    static let name = "training and validation files"
    static let looksLike = "a folder with train.txt and validation.txt, or train.tsv and validation.tsv"
    private static let endings = PairTable.endings.union(FastaFile.endings).union(["txt", "text"])

    static func recognizes(_ path: String) -> Bool { files(path) != nil }

    static func symbols(of path: String) -> Symbols? {
        files(path).flatMap { files in
            let file = FileNames.join(path, files.training)
            return corpusReader(for: file)?.symbols(of: file)
        }
    }

    static func read(_ path: String, into collector: inout DocumentCollector) throws(Failure) -> String? {
        guard let files = Self.files(path) else { return nil }
        var understood: [String] = []
        for (file, part) in [(files.training, SampleCollector.Part.training), (files.validation, .validation)] {
            guard let reader = corpusReader(for: FileNames.join(path, file)) else { continue }
            collector.part = part
            let more = try reader.read(FileNames.join(path, file), into: &collector)
            understood.append("\(file): " + ([reader.name] + (more.map { [$0] } ?? [])).joined(separator: ", "))
        }
        return understood.joined(separator: "; ")
    }

    private static func files(_ path: String) -> (training: String, validation: String)? {
        guard FileKind(path) == .folder else { return nil }
        let names = FileNames.inside(path).filter { endings.contains(FileNames.ending($0)) }
        func file(_ stems: [String]) -> String? { names.first { stems.contains(FileNames.stem($0).lowercased()) } }
        guard let training = file(SplitNames.training) else { return nil }
        let held = SplitNames.validation.lazy.compactMap { file([$0]) }.first
        return held.map { (training, $0) }
    }
}
