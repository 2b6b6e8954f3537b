import Failures
import Storage

/// A folder a class, as torchvision's ImageFolder: `dog/1.jpg`, or `train/dog/1.jpg` and `val/dog/2.jpg`.
struct ClassFolders: DatasetReader {
    static let name = "class folders"
    static let looksLike = "a folder with a folder of pictures for each class"
    let skipped: [Skipped]
    let columns: String?
    let partition: Partition?
    private let samples: [Sample]

    static func recognizes(_ path: String) -> Bool {
        FileKind(path) == .folder && FileNames.below(path).contains { FileNames.isPicture($0) && $0.contains("/") }
    }

    init(_ path: String, _ settings: ReaderSettings) throws(Failure) {
        var collector = SampleCollector()
        var classes: Set<String> = []
        let pictures = FileNames.below(path).filter(FileNames.isPicture)
        let hasSplits = pictures.allSatisfy { Self.split(of: $0) != nil }
        for picture in pictures {
            let folders = picture.split(separator: "/").dropLast().dropFirst(hasSplits ? 1 : 0)
            guard let name = folders.last else {
                collector.skip(picture, "in no class's folder")
                continue
            }
            classes.insert(String(name))
            let isHeld = hasSplits && SplitNames.validation.contains(Self.split(of: picture) ?? "")
            collector.add(
                picture, in: path, captions: ClassCaptions.captions(String(name), settings.templates), at: picture,
                label: String(name), part: isHeld ? .validation : .training)
        }
        samples = collector.samples
        skipped = collector.skipped
        let shown = classes.sorted().prefix(5).joined(separator: ", ")
        columns = "\(classes.count) classes (\(shown)\(classes.count > 5 ? ", …" : "")) → captions from templates"
        partition = collector.partition(source: "its own folder")
    }

    var count: Int { samples.count }

    func sample(at index: Int) throws(Failure) -> Sample { samples[index] }

    /// The topmost folder, if it is named as a split.
    private static func split(of picture: String) -> String? {
        let top = picture.prefix { $0 != "/" }.lowercased()
        return top.utf8.count < picture.utf8.count && SplitNames.all.contains(top) ? top : nil
    }
}
