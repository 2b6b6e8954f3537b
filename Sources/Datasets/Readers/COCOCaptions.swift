import Failures
import Foundation
import Storage

/// COCO's captions: one JSON object with `images` (`id`, `file_name`) and `annotations` (`image_id`, `caption`).
///
/// The pictures lie beside the JSON file, in `images/`, or in a folder named as the split, also one floor up, as COCO's
/// own archives unpack. Lin et al. 2014, "Microsoft COCO".
struct COCOCaptions: DatasetReader {
    static let name = "COCO captions"
    static let looksLike =
        "a .json file in COCO's form, or a folder with captions_*.json or annotations/captions_*.json"
    let skipped: [Skipped]
    let columns: String?
    let partition: Partition?
    private let samples: [Sample]

    static func recognizes(_ path: String) -> Bool { !files(at: path).isEmpty }

    init(_ path: String, _ settings: ReaderSettings) throws(Failure) {
        var collector = SampleCollector()
        var used: [String] = [], held: [String] = []
        for file in Self.files(at: path) {
            let split = Self.split(of: file)
            let isHeld = SplitNames.validation.contains { split.hasPrefix($0) }
            let folder = try Self.read(file, split, part: isHeld ? .validation : .training, into: &collector)
            used.append("\(FileNames.last(file)), pictures in \(folder)")
            if isHeld { held.append(FileNames.last(file)) }
        }
        samples = collector.samples
        skipped = collector.skipped
        columns = used.joined(separator: "; ")
        partition = collector.partition(source: held.joined(separator: ", "))
    }

    var count: Int { samples.count }

    func sample(at index: Int) throws(Failure) -> Sample { samples[index] }

    private static func files(at path: String) -> [String] {
        guard FileKind(path) == .folder else { return FileNames.ending(path) == "json" ? [path] : [] }
        for folder in [path, FileNames.join(path, "annotations")] {
            let names = FileNames.inside(folder).filter { $0.hasPrefix("captions") && FileNames.ending($0) == "json" }
            if !names.isEmpty { return names.map { FileNames.join(folder, $0) } }
        }
        return []
    }

    /// `val2017` for `captions_val2017.json`.
    private static func split(of file: String) -> String {
        let stem = FileNames.stem(FileNames.last(file))
        return stem.hasPrefix("captions_") ? String(stem.dropFirst(9)) : stem
    }

    /// Adds the file's pairs; gives the folder in which the pictures were found.
    private static func read(
        _ file: String, _ split: String, part: SampleCollector.Part, into collector: inout SampleCollector
    ) throws(Failure) -> String {
        let content = try COCOFile(file), name = FileNames.last(file)
        let place = picturePlace(of: content, file, split)
        let folder = FileNames.join(FileNames.folder(file), place)
        var captions: [String: [String]] = [:]
        for annotation in content.annotations { captions[annotation.picture, default: []].append(annotation.caption) }
        for image in content.images {
            collector.add(
                image.file, in: folder, prefix: place.hasPrefix("..") ? String(place.dropFirst(3)) : place,
                captions: captions[image.id] ?? [], at: "\(name): image \(image.id)", part: part)
        }
        let known = Set(content.images.map(\.id))
        for (id, lost) in captions.filter({ !known.contains($0.key) }).sorted(by: { $0.key < $1.key }) {
            collector.skip("\(name): image \(id)", "\(lost.count) captions of an unknown image")
        }
        for _ in 0..<content.malformed { collector.skip(name, "an entry without its fields") }
        return folder
    }

    /// Where the first pictures exist, seen from the JSON file's folder.
    private static func picturePlace(of content: COCOFile, _ file: String, _ split: String) -> String {
        let places = ["", "images", split, "images/\(split)"].flatMap { [$0, FileNames.join("..", $0)] }
        var listings = FolderListings()
        return places.first { place in
            let folder = FileNames.join(FileNames.folder(file), place)
            return content.images.prefix(20).contains { listings.contains(FileNames.join(folder, $0.file)) }
        } ?? ""
    }
}

/// What is used of a COCO captions file. Entries that lack a field are counted, not fatal.
private struct COCOFile {
    var images: [Image]
    var annotations: [Annotation]
    var malformed: Int

    init(_ path: String) throws(Failure) {
        let data = Data(try MappedFile(path).copy())
        guard let content = try? JSONDecoder().decode(Content.self, from: data) else {
            throw Failure(
                .badData, "cannot read COCO captions", at: path,
                because: "not a JSON object with \"images\" and \"annotations\"",
                try: "give a file such as captions_train2017.json")
        }
        images = content.images.compactMap(\.value)
        annotations = content.annotations.compactMap(\.value)
        malformed = content.images.count - images.count + content.annotations.count - annotations.count
    }

    struct Content: Decodable {
        var images: [Lenient<Image>]
        var annotations: [Lenient<Annotation>]
    }

    struct Image: Decodable {
        var id: String
        var file: String

        enum CodingKeys: String, CodingKey {
            case id
            case file = "file_name"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(Identifier.self, forKey: .id).text
            file = try container.decode(String.self, forKey: .file)
        }
    }

    struct Annotation: Decodable {
        var picture: String
        var caption: String

        enum CodingKeys: String, CodingKey {
            case picture = "image_id"
            case caption
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            picture = try container.decode(Identifier.self, forKey: .picture).text
            caption = try container.decode(String.self, forKey: .caption)
        }
    }

    /// A number, or a text that stands for one.
    struct Identifier: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                text = String(number)
            } else {
                text = try container.decode(String.self)
            }
        }
    }

    /// A value, or nil where it could not be decoded.
    struct Lenient<Value: Decodable>: Decodable {
        var value: Value?

        init(from decoder: any Decoder) throws { value = try? Value(from: decoder) }
    }
}
