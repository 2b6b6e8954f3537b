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

/// An index of any kind, and what is known of its embeddings: both of one generation, whatever is committed later.
struct IndexContents {
    /// What says what the embeddings are of.
    enum Names {
        case pictures(PictureCatalogue)
        case texts(PassageCatalogue)
        case vectors(RowCatalogue?)
    }

    let folder: String
    let names: Names
    /// What is done to queries before they are compared; nil for nothing.
    let transform: FittedTransform?
    var vectors: IndexSnapshot

    /// Opens the index in `folder`.
    ///
    /// - Throws: `.missingInput` where there is none, `.badData` where it is damaged.
    init(_ folder: String) throws(Failure) {
        while true {
            let vectors = try IndexSnapshot(folder)
            do throws(Failure) {
                try self.init(folder, vectors)
                return
            } catch {
                // A commit may have deleted the catalogue in between.
                guard try IndexManifest.read(folder).generation != vectors.manifest.generation else { throw error }
            }
        }
    }

    private init(_ folder: String, _ vectors: IndexSnapshot) throws(Failure) {
        self.folder = folder
        self.vectors = vectors
        transform =
            if let path = try vectors.attachment(Attachment.transform) { try FittedTransform(path) } else { nil }
        if let path = try vectors.attachment(Attachment.catalogue) {
            names = .pictures(try PictureCatalogue(path))
        } else if let path = try vectors.attachment(Attachment.passages) {
            names = .texts(try PassageCatalogue(path))
        } else if let path = try vectors.attachment(Attachment.rows) {
            names = .vectors(try RowCatalogue(path))
        } else {
            names = .vectors(nil)
        }
    }

    /// What the embeddings are of.
    var kind: IndexKind { IndexKind(vectors.manifest.attachments) }

    /// The path of the model inside; nil where there is none.
    var model: String? { vectors.manifest.attachments[Attachment.model].map { "\(folder)/\($0)" } }

    /// Whether vectors were divided by their lengths.
    var isNormalized: Bool { vectors.manifest.attachments[Attachment.lengths] == nil }

    /// What is known of the embeddings with these ids.
    func notes(of ids: [Int64]) throws(Failure) -> [Int64: RowNote] {
        switch names {
        case .pictures(let catalogue):
            try catalogue.entries(ids: ids).mapValues { RowNote(name: $0.path, caption: $0.captions.first) }
        case .texts(let catalogue):
            try catalogue.passages(ids: ids)
                .mapValues { RowNote(name: "\($0.path):\($0.passage.line)", caption: $0.passage.text) }
        case .vectors(let catalogue):
            try catalogue?.entries(ids: ids).mapValues { RowNote(name: $0.name, caption: $0.caption) } ?? [:]
        }
    }
}

extension IndexContents {
    /// The ids that some words name: a number, a path, or a folder with all below it.
    ///
    /// - Throws: `.missingInput` where a word names nothing in the index.
    func ids(named words: [String]) throws(Failure) -> Set<Int64> {
        let all = vectors.ids, known = Set(all)
        var byName: [String: [Int64]] = [:], ids: Set<Int64> = []
        if words.contains(where: { Int64($0) == nil }) {
            for (id, note) in try notes(of: all) {
                if let name = note.name { byName[name, default: []].append(id) }
            }
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
