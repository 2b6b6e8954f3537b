import Catalogue
public import Failures
import Images
import Storage
import VectorIndex

/// What the embeddings of an index are of.
public enum IndexKind: String, Sendable, Encodable {
    case pictures, texts
    /// Vectors that came without pictures or texts.
    case vectors

    init(_ attachments: [String: String]) {
        self =
            attachments[Attachment.catalogue] != nil
            ? .pictures : attachments[Attachment.passages] != nil ? .texts : .vectors
    }
}

/// What an index holds, and the path of the model inside; nil where there is none.
///
/// - Throws: `.missingInput` where there is no index, `.badData` where it is not one of ours.
public func indexKind(_ folder: String) throws(Failure) -> (kind: IndexKind, model: String?) {
    let attachments = try IndexManifest.read(folder).attachments
    return (IndexKind(attachments), attachments[Attachment.model].map { "\(folder)/\($0)" })
}

/// The formats of pictures that this build reads: "PNG, JPEG, WebP or GIF".
public let readablePictures: String = {
    let names = PictureFormat.decodable.map(\.title)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
}()

/// The lines of a text file, without empty ones.
///
/// - Throws: `.missingInput` where there is none.
public func readLines(_ path: String) throws(Failure) -> [String] {
    String(decoding: try MappedFile(path).copy(), as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
}

/// An index of any kind, and what is known of its embeddings.
struct IndexContents {
    let folder: String
    let kind: IndexKind
    var vectors: IndexSnapshot

    init(_ folder: String) throws(Failure) { self.init(folder, try IndexSnapshot(folder)) }

    init(_ folder: String, _ vectors: IndexSnapshot) {
        self.folder = folder
        self.vectors = vectors
        kind = IndexKind(vectors.manifest.attachments)
    }

    /// The path of the model inside; nil where there is none.
    var model: String? { vectors.manifest.attachments[Attachment.model].map { "\(folder)/\($0)" } }

    /// Whether vectors were divided by their lengths.
    var isNormalized: Bool { vectors.manifest.attachments[Attachment.lengths] == nil }

    /// What is done to queries before they are compared; nil for nothing.
    func transform() throws(Failure) -> FittedTransform? {
        guard let path = try vectors.attachment(Attachment.transform) else { return nil }
        return try FittedTransform(path)
    }

    /// What is known of the embeddings with these ids.
    func notes(of ids: [Int64]) throws(Failure) -> [Int64: RowNote] {
        switch kind {
        case .pictures:
            guard let path = try vectors.attachment(Attachment.catalogue) else { return [:] }
            return try PictureCatalogue(path).entries(ids: ids)
                .mapValues { RowNote(name: $0.path, caption: $0.captions.first) }
        case .texts:
            guard let path = try vectors.attachment(Attachment.passages) else { return [:] }
            return try PassageCatalogue(path).passages(ids: ids)
                .mapValues { RowNote(name: "\($0.path):\($0.passage.line)", caption: $0.passage.text) }
        case .vectors:
            guard let path = try vectors.attachment(Attachment.rows) else { return [:] }
            return try RowCatalogue(path).entries(ids: ids).mapValues { RowNote(name: $0.name, caption: $0.caption) }
        }
    }
}

extension IndexContents {
    /// The ids that some words name: a number, a path, or a folder with all below it.
    ///
    /// - Throws: `.missingInput` where a word names nothing in the index.
    func ids(named words: [String]) throws(Failure) -> Set<Int64> {
        let known = Set(vectors.ids)
        var byName: [String: [Int64]] = [:], ids: Set<Int64> = []
        if words.contains(where: { Int64($0) == nil }) {
            for (id, note) in try notes(of: vectors.ids) { if let name = note.name { byName[name, default: []].append(id) } }
        }
        for word in words {
            var found = byName[word] ?? []
            if kind != .vectors && found.isEmpty {
                let path = PictureFiles.absolute(word)
                found = byName.filter { Self.isInside($0.key, path) }.flatMap(\.value)
            }
            if found.isEmpty, let id = Int64(word), known.contains(id) { found = [id] }
            guard !found.isEmpty else {
                throw Failure(
                    .missingInput, "cannot find in the index", at: word,
                    because: "\(folder) has neither such a number nor such a path", try: "look with clip-index export")
            }
            ids.formUnion(found)
        }
        return ids
    }

    /// Whether `name` is `path`, lies below it, or is a passage of it.
    private static func isInside(_ name: String, _ path: String) -> Bool {
        name == path || name.hasPrefix(path + "/")
            || (name.hasPrefix(path + ":") && name.dropFirst(path.count + 1).allSatisfy(\.isNumber))
    }
}
