import Failures
import Storage

/// Pictures without captions, in a folder or in folders below it, for what learns from pictures alone.
struct PictureFolder: DatasetReader {
    static let name = "pictures without captions"
    static let looksLike = "a folder of pictures"
    let skipped: [Skipped] = []
    let columns: String? = nil
    private let samples: [Sample]

    static func recognizes(_ path: String) -> Bool {
        FileKind(path) == .folder && FileNames.below(path).contains(where: FileNames.isPicture)
    }

    init(_ path: String, _ settings: ReaderSettings) throws(Failure) {
        var collector = SampleCollector()
        for picture in FileNames.below(path) where FileNames.isPicture(picture) {
            collector.add(picture: picture, in: path)
        }
        samples = collector.samples
    }

    var count: Int { samples.count }

    func sample(at index: Int) throws(Failure) -> Sample { samples[index] }
}
