import Failures
import Foundation
import Storage

/// One JSON object's texts: values that are strings, numbers or lists of strings, by key. Others are left out.
struct JSONRecord: Decodable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// One or more texts for each key.
    let texts: [String: [String]]
    /// The keys, sorted, so that a guess does not depend on the order in a hash table.
    var keys: [String] { texts.keys.sorted() }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        var texts: [String: [String]] = [:]
        for key in container.allKeys {
            if let text = try? container.decode(String.self, forKey: key) {
                texts[key.stringValue] = [text]
            } else if let list = try? container.decode([String].self, forKey: key) {
                texts[key.stringValue] = list
            } else if let number = try? container.decode(Int.self, forKey: key) {
                texts[key.stringValue] = [String(number)]
            }
        }
        self.texts = texts
    }

    /// The object that `bytes` spell; nil if they spell none.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard let record = try? JSONDecoder().decode(JSONRecord.self, from: Data(bytes)) else { return nil }
        self = record
    }

    /// The captions under the usual keys.
    var captions: [String]? { ColumnNames.find(ColumnNames.caption, in: keys).flatMap { texts[keys[$0]] } }
}

/// Reads one file with a JSON object a line into a collector.
enum JSONRecords {
    /// Adds every object in the file at `path`; pictures are relative to its folder. Gives what was understood.
    static func read(
        _ path: String, prefix: String = "", part: SampleCollector.Part = .training, _ settings: ReaderSettings,
        into collector: inout SampleCollector
    ) throws(Failure) -> String {
        let bytes = try MappedFile(path).copy()
        let folder = FileNames.folder(path), file = FileNames.join(prefix, FileNames.last(path))
        var keys: (picture: String, caption: String)?
        var line = 0
        for text in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            let text = line == 1 && text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text
            guard text.contains(where: { $0 > 32 }) else { continue }
            guard let record = JSONRecord(text) else {
                collector.skip("\(file):\(line)", "not a JSON object")
                continue
            }
            if keys == nil { keys = try guess(record, path, line, settings) }
            guard let keys, let picture = record.texts[keys.picture]?.first else {
                collector.skip("\(file):\(line)", "no \"\(keys?.picture ?? "picture")\"")
                continue
            }
            let captions = record.texts[keys.caption] ?? []
            collector.add(picture, in: folder, prefix: prefix, captions: captions, at: "\(file):\(line)", part: part)
        }
        guard let keys else {
            throw Failure(
                .badData, "cannot read JSON lines", at: path, because: "no line is a JSON object",
                try: "put one object such as {\"image\": \"1.png\", \"caption\": \"a cat\"} on each line")
        }
        return "\(keys.picture) → picture, \(keys.caption) → caption"
    }

    private static func guess(
        _ record: JSONRecord, _ path: String, _ line: Int, _ settings: ReaderSettings
    ) throws(Failure) -> (picture: String, caption: String) {
        let keys = record.keys
        let byContent = keys.firstIndex { FileNames.isPicture(record.texts[$0]?.first ?? "") }
        let picture =
            settings.csvImageKey ?? (ColumnNames.find(ColumnNames.picture, in: keys) ?? byContent).map { keys[$0] }
        let caption = settings.csvCaptionKey ?? ColumnNames.find(ColumnNames.caption, in: keys).map { keys[$0] }
        guard let picture, let caption, keys.contains(picture), keys.contains(caption) else {
            throw Failure(
                .badData, "cannot read JSON lines", at: "\(path):\(line)",
                because: "no keys for picture and caption among \(keys.prefix(8).joined(separator: ", "))",
                try: "name them with --csv-img-key and --csv-caption-key")
        }
        return (picture, caption)
    }
}
