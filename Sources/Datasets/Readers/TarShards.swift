import Failures
import Storage

/// WebDataset: tar archives in which files of one base name are one sample: `7.jpg` with `7.txt` or `7.json`.
///
/// A base name ends at its first dot. Lines of the `.txt` are captions; of the `.json`, what stands under a usual key.
/// Pictures are found by their offset; nothing is unpacked.
struct TarShards: DatasetReader {
    static let name = "WebDataset shards"
    static let looksLike = "a .tar file, or a folder of them"
    let skipped: [Skipped]
    let columns: String?
    private let samples: [Sample]

    static func recognizes(_ path: String) -> Bool { !shards(at: path).isEmpty }

    init(_ path: String, _ settings: ReaderSettings) throws(Failure) {
        var samples: [Sample] = [], skipped: [Skipped] = []
        let shards = Self.shards(at: path)
        for shard in shards {
            let archive = try MappedFile(shard)
            archive.read { Self.read($0, shard, settings, &samples, &skipped) }
        }
        self.samples = samples
        self.skipped = skipped
        columns = "\(shards.count) \(shards.count == 1 ? "shard" : "shards"), captions in .txt or .json"
    }

    var count: Int { samples.count }

    func sample(at index: Int) throws(Failure) -> Sample { samples[index] }

    private static func shards(at path: String) -> [String] {
        guard FileKind(path) == .folder else { return FileNames.ending(path) == "tar" ? [path] : [] }
        return FileNames.inside(path).filter { FileNames.ending($0) == "tar" }.map { FileNames.join(path, $0) }
    }

    /// The files of one base name.
    private struct Group {
        var key: String
        var picture: TarIndex.Entry?
        var text: Range<Int>?
        var json: Range<Int>?
    }

    private static func read(
        _ archive: RawSpan, _ shard: String, _ settings: ReaderSettings, _ samples: inout [Sample],
        _ skipped: inout [Skipped]
    ) {
        let index = TarIndex(archive), file = FileNames.last(shard)
        if let defect = index.defect { skipped.append(Skipped(name: file, reason: defect)) }
        for group in groups(of: index) {
            guard let picture = group.picture else {
                if group.text != nil { skipped.append(Skipped(name: "\(file)/\(group.key)", reason: "no picture")) }
                continue
            }
            let name = "\(file)/\(picture.name)"
            let captions = captions(of: group, archive, settings)
            guard !captions.isEmpty else {
                skipped.append(Skipped(name: name, reason: "no caption"))
                continue
            }
            let source = PictureSource.slice(
                file: shard, offset: picture.bytes.lowerBound, count: picture.bytes.count)
            samples.append(Sample(name: name, picture: source, captions: captions))
        }
    }

    private static func groups(of index: TarIndex) -> [Group] {
        var groups: [Group] = [], places: [String: Int] = [:]
        for entry in index.entries {
            let file = FileNames.last(entry.name)
            guard let dot = file.firstIndex(of: "."), dot > file.startIndex else { continue }
            let key = String(entry.name.dropLast(file.distance(from: dot, to: file.endIndex)))
            let place = places[key] ?? groups.count
            if place == groups.count { groups.append(Group(key: key)) }
            places[key] = place
            switch FileNames.ending(file) {
            case "txt": groups[place].text = entry.bytes
            case "json": groups[place].json = entry.bytes
            case let ending where FileNames.pictureEndings.contains(ending):
                groups[place].picture = groups[place].picture ?? entry
            default: break
            }
        }
        return groups
    }

    private static func captions(of group: Group, _ archive: RawSpan, _ settings: ReaderSettings) -> [String] {
        let limit = 1 << 20  // bytes; a caption is far shorter
        if let text = group.text, settings.csvCaptionKey == nil, text.count <= limit {
            return (String(validating: archive.bytes(text), as: UTF8.self)?.captionLines ?? []).withoutRepeats
        }
        guard let json = group.json, json.count <= limit, let record = JSONRecord(archive.bytes(json)[...]) else {
            return []
        }
        let captions = settings.csvCaptionKey.map { record.texts[$0] ?? [] } ?? record.captions ?? []
        return captions.map(\.trimmed).filter { !$0.isEmpty }.withoutRepeats
    }
}
