public import Failures
import Foundation
import Storage
public import VectorIndex

/// What an index is, and how its lists have kept up.
public struct IndexInformation: Sendable, Encodable {
    /// The index's folder.
    public let index: String
    /// What its embeddings are of.
    public let kind: IndexKind
    /// Commits since it was made.
    public let generation: Int
    /// Numbers of each embedding.
    public let dimensions: Int
    /// Bytes of all its files but the model's, and of the model's.
    public let bytes, modelBytes: Int
    /// The model inside; nil where there is none.
    public let model: String?
    /// What was done to the vectors and is done to queries; nil for nothing.
    public let transform: String?
    /// How embeddings in lists are coded, or will be once there are lists.
    public let codec: String
    /// Embeddings, segments, lists, and how well these fit.
    public let health: IndexHealth
    /// What each kind of queries costs for which recall; none without lists.
    public let recalls: [RecallTable]

    enum CodingKeys: String, CodingKey {
        case index, kind, generation, dimensions, bytes, model, transform, codec, health, recalls
        case modelBytes = "model_bytes"
    }

    /// Looks at the index in `folder`.
    ///
    /// - Throws: `.missingInput` where there is none, `.badData` where it is damaged.
    public init(_ folder: String) throws(Failure) {
        var contents = try IndexContents(folder)
        let manifest = contents.vectors.manifest
        (index, kind, generation, dimensions) = (folder, contents.kind, manifest.generation, manifest.embedDim)
        model = manifest.attachments[Attachment.model]
        transform = contents.transform?.name
        codec = manifest.codecChoice.name
        let inside = model.map { "\($0)/" }
        var sizes = (own: 0, model: 0)
        for case let name as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
            guard let size = FileStatus("\(folder)/\(name)")?.size else { continue }
            if let inside, name.hasPrefix(inside) { sizes.model += size } else { sizes.own += size }
        }
        (bytes, modelBytes) = sizes
        health = try contents.vectors.health()
        recalls = manifest.lists?.recalls ?? []
    }

    /// The information as one line of JSON.
    public var json: String { jsonLine(self) }
}
