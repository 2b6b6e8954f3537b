/// Where the bytes of a picture lie.
public enum PictureSource: Sendable, Equatable {
    /// An encoded picture that is a file of its own.
    case file(String)
    /// An encoded picture inside a larger file, such as a tar shard.
    case slice(file: String, offset: Int, count: Int)
    /// Grey pixels `[height, width]`, 8 bit, inside a larger file, such as IDX.
    case gray(file: String, offset: Int, height: Int, width: Int)
    /// Grey pixels `[height, width]`, 8 bit, in memory.
    case grayPixels([UInt8], height: Int, width: Int)
}

/// A picture with the captions that describe it.
public struct Sample: Sendable, Equatable {
    /// What a person calls it: the path as the data set has it.
    public var name: String
    /// Where the picture lies.
    public var picture: PictureSource
    /// At least one, unless the data was opened for its pictures alone; none is empty.
    public var captions: [String]
    /// Its class, where the data has classes.
    public var label: String?

    /// A picture with its captions.
    public init(name: String, picture: PictureSource, captions: [String], label: String? = nil) {
        self.name = name
        self.picture = picture
        self.captions = captions
        self.label = label
    }
}

/// Something that was left out, and why.
public struct Skipped: Sendable, Codable, Equatable, Hashable {
    /// The picture or line: `captions.tsv:812 images/7.png`.
    public var name: String
    /// Why, in words that are the same for all that fail alike: `no such picture`.
    public var reason: String

    /// Something that was left out, and why.
    public init(name: String, reason: String) {
        self.name = name
        self.reason = reason
    }
}
