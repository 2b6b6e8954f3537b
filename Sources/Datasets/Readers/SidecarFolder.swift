import Failures
import Storage

/// A folder of pictures, each with a text file of the same name beside it: `cat.jpg` and `cat.txt`; each line is a caption.
struct SidecarFolder: DatasetReader {
    static let name = "pictures with text files"
    static let looksLike = "a folder in which cat.jpg has a cat.txt beside it"
    let skipped: [Skipped]
    let columns: String?
    private let samples: [Sample]

    static func recognizes(_ path: String) -> Bool {
        guard FileKind(path) == .folder else { return false }
        let files = FileNames.below(path), all = Set(files)
        return files.contains { FileNames.isPicture($0) && sidecar(of: $0, among: all) != nil }
    }

    init(_ path: String, _ settings: ReaderSettings) throws(Failure) {
        var collector = SampleCollector()
        let files = FileNames.below(path), all = Set(files)
        var used: Set<String> = []
        for picture in files where FileNames.isPicture(picture) {
            guard let sidecar = Self.sidecar(of: picture, among: all) else {
                collector.skip(picture, "no text file beside it")
                continue
            }
            used.insert(sidecar)
            do throws(Failure) {
                let bytes = try MappedFile(FileNames.join(path, sidecar)).copy()
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    collector.skip(sidecar, "not UTF-8")
                    continue
                }
                collector.add(picture, in: path, captions: text.captionLines, at: sidecar)
            } catch { collector.skip(sidecar, error.why) }
        }
        for text in files where FileNames.ending(text) == "txt" && !used.contains(text) && !FixedLists.isList(text) {
            collector.skip(text, "no picture beside it")
        }
        samples = collector.samples
        skipped = collector.skipped
        columns = "each line of a .txt → caption of the picture of the same name"
    }

    var count: Int { samples.count }

    func sample(at index: Int) throws(Failure) -> Sample { samples[index] }

    /// `cat.txt`, or `cat.jpg.txt`, for `cat.jpg`.
    private static func sidecar(of picture: String, among files: Set<String>) -> String? {
        ["\(FileNames.stem(picture)).txt", "\(picture).txt"].first { files.contains($0) }
    }
}
