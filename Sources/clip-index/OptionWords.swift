public import ArgumentParser
public import VectorIndex

extension TransformChoice: ExpressibleByArgument {
    /// Reads `NAME` or `NAME:DIMENSIONS`.
    public init?(argument: String) { self.init(argument) }
}
