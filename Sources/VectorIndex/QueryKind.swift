/// What queries come from. Those of another modality than the stored embeddings lie outside of their cloud, so that an index
/// learns how to serve each kind.
public struct QueryKind: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The kind's name, as files and people write it.
    public let name: String

    /// A kind of queries.
    public init(_ name: String) { self.name = name }

    /// Embeddings like those that are stored.
    public static let pictures = QueryKind("pictures")
    /// Embeddings of captions, where pictures are stored.
    public static let words = QueryKind("words")

    /// The name.
    public var description: String { name }

    /// Reads the name.
    public init(from decoder: any Decoder) throws { name = try decoder.singleValueContainer().decode(String.self) }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
