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
        /// Which of its rows are no longer in the index; nil where all are.
        public var removed: Removed?
    }

    /// The file that marks removed rows of a segment.
    public struct Removed: Codable, Sendable, Equatable {
        /// The file's name in the index folder.
        public var file: String
        /// How many rows it marks.
        public var count: Int
        /// CRC-32 of the file.
        public var checksum: UInt32
    }

    /// What the lists of all segments have in common.
    public struct Lists: Codable, Sendable, Equatable {
        /// The file's name in the index folder.
        public var file: String
        /// CRC-32 of the file.
        public var checksum: UInt32
        /// Lists, and embeddings that they were made from.
        public var nlist: Int, learnedFrom: Int
        /// What each kind of queries costs for which recall.
        public var recalls: [RecallTable]

        enum CodingKeys: String, CodingKey {
            case file, checksum, nlist, recalls
            case learnedFrom = "learned_from"
        }
    }

    /// The format's number; a reader refuses one that it does not know.
    public var format = Self.presentFormat
    /// Counts the commits since the index was made.
    public var generation = 0
    /// Length of every embedding.
    public var embedDim: Int
    /// The segments, oldest first.
    public var segments: [Segment] = []
    /// How rows in lists are coded, or will be once there are lists; nil for the usual codec.
    public var codec: String?
    /// What segments with lists share; nil where none has any.
    public var lists: Lists?
    /// What the rooms above keep beside the embeddings: names and values, such as the catalogue's file.
    public var attachments: [String: String] = [:]
    /// CRC-32 of those attachments that are files, by their names in `attachments`.
    public var attachmentChecksums: [String: UInt32] = [:]

    enum CodingKeys: String, CodingKey {
        case format, generation, codec, segments, lists, attachments
        case embedDim = "embed_dim"
        case attachmentChecksums = "attachment_checksums"
    }

    static let fileName = "manifest.json", presentFormat = 3

    /// Embeddings in the index.
    public var count: Int { segments.reduce(0) { $0 + $1.count - ($1.removed?.count ?? 0) } }

    /// How rows in lists are coded, or will be.
    public var codecChoice: CodecChoice { codec.flatMap { CodecChoice($0) } ?? .usual }

    /// All files and folders that the manifest names.
    var files: Set<String> {
        Set(
            segments.map(\.file) + segments.compactMap(\.removed?.file) + attachments.values
                + (lists.map { [$0.file] } ?? []))
    }

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
        guard let format = try? JSONDecoder().decode(Format.self, from: data).format else {
            throw .damaged(path, "not the manifest of an index")
        }
        guard format == presentFormat else {
            throw Failure(
                .badData, "cannot open index", at: path, because: "format \(format), expected \(presentFormat)",
                try: "build the index again, or use the version of clip-search that belongs to it")
        }
        guard let text = checked(Array(data)) else { throw .damaged(path, "its bytes do not match their checksum") }
        guard let manifest = try? JSONDecoder().decode(IndexManifest.self, from: Data(text)) else {
            throw .damaged(path, "not the manifest of an index")
        }
        try manifest.check(path)
        return manifest
    }

    private struct Format: Decodable { var format: Int }

    private func check(_ path: String) throws(Failure) {
        let limit = 1 << 40
        guard (1...65_536).contains(embedDim), generation >= 0,
            segments.allSatisfy({ (0...limit).contains($0.count) && (0...$0.count).contains($0.removed?.count ?? 0) }),
            !files.contains(where: { $0.contains("/") || $0.hasPrefix(".") }),
            lists?.recalls.allSatisfy(\.isSound) ?? true, (1...limit).contains(lists?.nlist ?? 1)
        else { throw .damaged(path, "a count or a file name makes no sense") }
        guard let codec, CodecChoice(codec)?.stored != codec else { return }
        throw Failure(
            .badData, "cannot open index", at: path, because: "its rows are coded as \(codec), which is unknown",
            try: "build the index again, or use the version that made it")
    }

    func write(to folder: String) throws(Failure) {
        try AtomicFile.write(Self.sealed(try encodeJSON(self, for: folder)), to: "\(folder)/\(Self.fileName)")
    }

    // The file is one JSON object whose first member is the CRC-32 of all bytes behind that member's comma.
    private static let sealHead = Array("{\"crc32\":\"".utf8), sealTail = Array("\",".utf8)

    private static func sealed(_ json: [UInt8]) -> [UInt8] {
        let rest = Array(json.dropFirst())
        return sealHead + Array(hex(Fingerprint(rest).crc32Value).utf8) + sealTail + rest
    }

    private static func checked(_ bytes: [UInt8]) -> [UInt8]? {
        let start = sealHead.count + 8 + sealTail.count
        guard bytes.count > start else { return nil }
        let rest = Array(bytes[start...])
        return Array(bytes) == sealed([0] + rest) ? Array("{".utf8) + rest : nil
    }

    private static func hex(_ word: UInt32) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
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
