import Datasets
import Failures

extension Encoder {
    /// Embeddings of captions, one behind the other: queries from which an index learns what words ask. They are some of a
    /// collection's, evenly taken; where it has too few, those that its model learned from as well.
    ///
    /// None where the model reads no words, or there are fewer than `CaptionStock.fewest`.
    mutating func queries(of captions: [String]) throws(Failure) -> [Float] {
        guard readsWords else { return [] }
        var wanted = CaptionStock.sample(of: captions)
        if wanted.count < CaptionStock.fewest {
            wanted = CaptionStock.sample(of: wanted + (try CaptionStock.read(from: folder)))
        }
        guard wanted.count >= CaptionStock.fewest else { return [] }
        return try embed(captions: wanted).flatMap(\.self)
    }
}
