import Failures

extension Encoder {
    /// Captions that an index learns from are at most so many.
    private static let mostQueries = 3_500

    /// Embeddings of some captions of a collection, evenly taken, one behind the other: queries that an index learns from.
    /// None where the model reads no words.
    mutating func queries(of captions: [String]) throws(Failure) -> [Float] {
        guard readsWords, !captions.isEmpty else { return [] }
        let count = min(captions.count, Self.mostQueries)
        return try embed(captions: (0..<count).map { captions[$0 * captions.count / count] }).flatMap(\.self)
    }
}
