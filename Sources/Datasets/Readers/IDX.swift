import Failures
import Storage

/// MNIST's format: `train-images-idx3-ubyte` with `train-labels-idx1-ubyte`, and `t10k-…` for validation, also as `.gz`.
///
/// Class names come from `classes.txt` beside the files, one a line; without it they are known for Fashion-MNIST, and
/// else are the labels' numbers.
struct IDX: DatasetReader {
    static let name = "IDX"
    static let looksLike = "a folder with train-images-idx3-ubyte and train-labels-idx1-ubyte, also as .gz"
    let skipped: [Skipped] = []
    let columns: String?
    let partition: Partition?
    private let parts: [Part]
    private let classes: [String]
    private let templates: [String]

    /// The pictures and labels of one pair of files.
    fileprivate struct Part {
        var pictures: IDXFile
        var labels: [UInt8]
    }

    static func recognizes(_ path: String) -> Bool { !pairs(at: path).isEmpty }

    init(_ path: String, _ settings: ReaderSettings) throws(Failure) {
        let pairs = Self.pairs(at: path)
        var parts: [Part] = []
        for pair in pairs {
            let pictures = try IDXFile(pair.pictures, axes: 3), labels = try IDXFile(pair.labels, axes: 1)
            guard pictures.axes[0] == labels.axes[0] else {
                throw IDXFile.damaged(pair.labels, "\(labels.axes[0]) labels for \(pictures.axes[0]) pictures")
            }
            guard pictures.axes[1] > 0, pictures.axes[2] > 0 else { throw IDXFile.damaged(pair.pictures, "no pixels") }
            parts.append(Part(pictures: pictures, labels: try labels.values(0..<labels.axes[0])))
        }
        self.parts = parts
        templates = settings.templates
        let highest = Int(parts.flatMap(\.labels).max() ?? 0)
        let names = try Self.classNames(FileKind(path) == .folder ? path : FileNames.folder(path), highest + 1)
        classes = names.classes
        let size = parts.first.map { "\($0.pictures.axes[1]) × \($0.pictures.axes[2])" } ?? ""
        columns = "grey \(size), \(classes.count) classes (\(names.source)) → captions from templates"
        let first = parts.first?.labels.count ?? 0, all = parts.reduce(0) { $0 + $1.labels.count }
        let source = pairs.last.map { FileNames.last($0.pictures) } ?? ""
        partition =
            first < all ? Partition(training: Array(0..<first), validation: Array(first..<all), source: source) : nil
    }

    var count: Int { parts.reduce(0) { $0 + $1.labels.count } }

    func sample(at index: Int) throws(Failure) -> Sample {
        var place = index
        for part in parts {
            guard place >= part.labels.count else { return try part.sample(place, classes, templates) }
            place -= part.labels.count
        }
        preconditionFailure("sample \(index) of \(count)")
    }

    /// Pictures with their labels: training first.
    private static func pairs(at path: String) -> [(pictures: String, labels: String)] {
        let folder = FileKind(path) == .folder ? path : FileNames.folder(path)
        let names = FileNames.inside(folder).filter { $0.contains("idx") }
        let pictures = names.filter { $0.contains("images") && $0.contains("idx3") }
        let wanted = FileKind(path) == .folder ? pictures : pictures.filter { $0 == FileNames.last(path) }
        let pairs = wanted.compactMap { name -> (pictures: String, labels: String)? in
            let plain = FileNames.ending(name) == "gz" ? FileNames.stem(name) : name
            if plain != name && names.contains(plain) { return nil }  // inflated already
            let labels = plain.replacing("images", with: "labels").replacing("idx3", with: "idx1")
            guard let found = [labels, "\(labels).gz"].first(where: { names.contains($0) }) else { return nil }
            return (FileNames.join(folder, name), FileNames.join(folder, found))
        }
        return pairs.sorted {
            FileNames.last($0.pictures).hasPrefix("train") && !FileNames.last($1.pictures).hasPrefix("train")
        }
    }

    private static func classNames(_ folder: String, _ count: Int) throws(Failure) -> (
        classes: [String], source: String
    ) {
        let file = FileNames.join(folder, "classes.txt")
        if FileNames.isFile(file) {
            let names = String(decoding: try MappedFile(file).copy(), as: UTF8.self).captionLines
            guard names.count >= count else {
                throw Failure(
                    .badData, "cannot read class names", at: file,
                    because: "\(names.count) names for \(count) classes", try: "put one name on each line")
            }
            return (names, "classes.txt")
        }
        if count == 10, folder.lowercased().contains("fashion") { return (fashion, "those of Fashion-MNIST") }
        return ((0..<count).map(String.init), "numbered; name them in classes.txt")
    }

    /// Xiao et al. 2017, table 2.
    private static let fashion = [
        "t-shirt", "pair of trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
    ]
}

extension IDX.Part {
    fileprivate func sample(_ index: Int, _ classes: [String], _ templates: [String]) throws(Failure) -> Sample {
        let height = pictures.axes[1], width = pictures.axes[2], offset = index * height * width
        let source: PictureSource =
            pictures.inflated == nil
            ? .gray(file: pictures.path, offset: pictures.begin + offset, height: height, width: width)
            : .grayPixels(try pictures.values(offset..<offset + height * width), height: height, width: width)
        return Sample(
            name: "\(FileNames.last(pictures.path)):\(index)", picture: source,
            captions: ClassCaptions.captions(classes[Int(labels[index])], templates),
            label: classes[Int(labels[index])])
    }
}
