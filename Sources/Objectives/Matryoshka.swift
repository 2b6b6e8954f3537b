public import Autodiff

/// The first numbers of an embedding are to be an embedding as well: each objective that compares embeddings sees them whole
/// and cut to some lengths.
///
/// `mean over m of L(z_{1:m})`, the whole length among the m — Kusupati et al. 2022, equation 1 with equal weights, and a mean
/// in the place of the sum, so that the loss stays beside other objectives and its chance level as it was. What is cut off is
/// zero, so that a head behind a picture tower meets the same columns of its first layer at each length: the weight tying
/// of section 3 (MRL-E). What a slow copy made stays whole: views of each length must pick it from the same keys.
public struct Matryoshka: Sendable, Equatable {
    /// Lengths beside the whole, ascending.
    public let lengths: [Int]

    /// Embeddings of some lengths beside the whole.
    public init(_ lengths: [Int]) { self.lengths = lengths }

    /// Whether an objective with these needs compares the embeddings of a run that keeps those of pairs, or of one tower.
    public static func applies(to needs: Set<BatchNeed>, ofPairs: Bool) -> Bool {
        !needs.contains(.teacher)
            && needs.contains { need in
                switch need {
                case .pairs: ofPairs
                case .pictureViews, .textPairs, .passages: !ofPairs
                default: false
                }
            }
    }

    /// The batch whole, then cut to each length.
    public func cut(_ batch: EmbeddedBatch, on tape: inout Tape) -> [EmbeddedBatch] {
        var all = [batch]
        for length in lengths { all.append(cut(batch, to: length, on: &tape)) }
        return all
    }

    private func cut(_ whole: EmbeddedBatch, to length: Int, on tape: inout Tape) -> EmbeddedBatch {
        var batch = whole
        if let pairs = whole.pairs {  // unit rows, and so they must be again
            batch.pairs?.pictures = tape.normalizeRows(tape.keepColumns(pairs.pictures, length))
            batch.pairs?.captions = tape.normalizeRows(tape.keepColumns(pairs.captions, length))
            return batch
        }
        func views(_ views: TwoViews, on tape: inout Tape) -> TwoViews {
            var views = views
            views.first = tape.keepColumns(views.first, length)
            views.second = tape.keepColumns(views.second, length)
            return views
        }
        if let pictures = whole.pictureViews { batch.pictureViews = views(pictures, on: &tape) }
        for (pairing, texts) in whole.textPairs.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            batch.textPairs[pairing] = views(texts, on: &tape)
        }
        if let passages = whole.passages { batch.passages?.rows = tape.keepColumns(passages.rows, length) }
        return batch
    }
}
