/// What an index knows of one picture beside its embedding.
public struct CatalogueEntry: Sendable, Equatable {
    /// The number under which the embedding is stored; never used again for another picture or another content.
    public var id: Int64
    /// Where the file lies: absolute, without links.
    public var path: String
    /// The file's size in bytes.
    public var size: Int
    /// When the file was last changed, in nanoseconds since 1970.
    public var modified: Int
    /// Tells its content from others'.
    public var fingerprint: String
    /// A perceptual hash: near duplicates differ in few bits.
    public var perceptualHash: UInt64
    /// Pixels, once turned upright.
    public var height: Int, width: Int
    /// What is said of the picture beside it, best first; mostly nothing.
    public var captions: [String]

    /// All that is known of a picture.
    public init(
        id: Int64, path: String, size: Int, modified: Int, fingerprint: String, perceptualHash: UInt64, height: Int,
        width: Int, captions: [String]
    ) {
        self.id = id
        self.path = path
        self.size = size
        self.modified = modified
        self.fingerprint = fingerprint
        self.perceptualHash = perceptualHash
        self.height = height
        self.width = width
        self.captions = captions
    }
}
