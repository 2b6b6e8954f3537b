public import Failures
import Foundation
import Storage

/// What an index is made of at one moment: `manifest.json`, replaced atomically; every file that it names is immutable.
public struct IndexManifest: Codable, Sendable, Equatable {
    /// One segment's file.
    public struct Segment: Codable, Sendable, Equatable {
        /// The file's name in the index folder.
        public var file: String
        /// Embeddings in it, the removed ones included.
        public var count: Int
        /// CRC-32 of the file's footer, which holds the checksums of its blocks.
        public var checksum: UInt32
    }

    /// The format's number; a reader refuses one that it does not know.
    public var format = 1
    /// Counts the commits since the index was made.
    public var generation = 0
    /// Length of every embedding.
    public var embedDim: Int
    /// The segments, oldest first.
    public var segments: [Segment] = []
    /// Ids that are still in a segment but no longer in the index, ascending.
    public var removed: [Int64] = []
    /// What the rooms above keep beside the embeddings: names and values, such as the catalogue's file.
    public var attachments: [String: String] = [:]

    enum CodingKeys: String, CodingKey {
        case format, generation, segments, removed, attachments
        case embedDim = "embed_dim"
    }

    static let fileName = "manifest.json"

    /// Reads the manifest of the index in `folder`.
    ///
    /// - Throws: `.missingInput` where there is no index, `.badData` where it is not one of ours.
    public static func read(_ folder: String) throws(Failure) -> IndexManifest {
        let path = "\(folder)/\(fileName)"
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(
                .missingInput, "cannot open index", at: folder,
                because: FileManager.default.fileExists(atPath: folder) ? "no manifest.json inside" : "no such folder",
                try: "build it with clip-index")
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw .reading(path, EACCES) }
        guard let manifest = try? JSONDecoder().decode(IndexManifest.self, from: data) else {
            throw .damaged(path, "not the manifest of an index")
        }
        try manifest.check(path)
        return manifest
    }

    private func check(_ path: String) throws(Failure) {
        guard format == 1 else {
            throw Failure(
                .badData, "cannot open index", at: path, because: "format \(format), expected 1",
                try: "use the version of clip-search that belongs to it")
        }
        let names = segments.map(\.file) + attachments.values
        guard (1...65_536).contains(embedDim), segments.allSatisfy({ $0.count >= 0 }),
            !names.contains(where: { $0.contains("/") || $0.hasPrefix(".") })
        else { throw .damaged(path, "a count or a file name makes no sense") }
    }

    func write(to folder: String) throws(Failure) {
        try AtomicFile.write(try encodeJSON(self, for: folder), to: "\(folder)/\(Self.fileName)")
    }
}

extension Failure {
    /// An index file whose content contradicts itself.
    static func damaged(_ path: String, _ why: String) -> Failure {
        Failure(
            .badData, "cannot open index", at: path, because: why,
            try: "delete the index and build it again with clip-index")
    }
}
