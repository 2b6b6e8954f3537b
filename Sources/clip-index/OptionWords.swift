public import ArgumentParser
public import VectorIndex

/// What help says of codecs.
let codecHelp =
    "How rows are coded once there are lists: "
    + CodecChoice.all.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ")
    + ". (default: \(CodecChoice.usual.name))"

extension CodecChoice: ExpressibleByArgument {
    /// Reads a codec's name.
    public init?(argument: String) { self.init(argument) }

    /// The names, which a failure lists.
    public static var allValueStrings: [String] { all.map(\.name) }
}

extension TransformChoice: ExpressibleByArgument {
    /// Reads `NAME` or `NAME:DIMENSIONS`.
    public init?(argument: String) { self.init(argument) }
}
