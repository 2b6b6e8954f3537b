/// A picture that was found.
public struct PictureHit: Sendable, Equatable {
    /// Its place in the answer or in its group, from 1.
    public var rank: Int
    /// The cosine with the query, or with the first picture of its group.
    public var score: Float
    /// Where the file lies, or lay when it was indexed.
    public var path: String
    /// What is said of it, where something is.
    public var caption: String?
    /// The group of duplicates to which it belongs, from 1.
    public var group: Int?

    /// A hit.
    public init(rank: Int, score: Float, path: String, caption: String?, group: Int? = nil) {
        self.rank = rank
        self.score = score
        self.path = path
        self.caption = caption
        self.group = group
    }

    /// One line of JSON: `rank`, `score`, `path`, `caption` (null where nothing is said), and `group` where there is one.
    public var json: String { jsonLine(self) }
}

extension PictureHit: Encodable {
    private enum CodingKeys: String, CodingKey { case rank, score, path, caption, group }

    /// Writes the fields of `json`.
    public func encode(to encoder: any Swift.Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(rank, forKey: .rank)
        try fields.encode(score, forKey: .score)
        try fields.encode(path, forKey: .path)
        try fields.encode(caption, forKey: .caption)
        try fields.encodeIfPresent(group, forKey: .group)
    }
}
