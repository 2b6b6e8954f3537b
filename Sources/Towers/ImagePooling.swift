/// How the rows of a picture become one.
///
/// There is no mean in shares that grow with the position, as texts have it: the order in which patches lie is no order in
/// which they have seen each other.
public enum ImagePooling: String, Codable, Sendable, CaseIterable {
    /// The class token's row.
    case classToken = "class"
    /// The mean of the patches' rows.
    case mean
    /// Both, one behind the other.
    case classAndMean = "class+mean"
    /// A learnt query gathers all rows — Zhai et al. 2022, section 3.2.
    case attention

    /// Whether neither a CLIP's nor open_clip's settings have a word for it.
    public var isOwn: Bool { self == .attention || self == .classAndMean }
}
