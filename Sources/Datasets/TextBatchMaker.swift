public import Failures
import Tensors
public import Tokenizers

/// Makes batches of texts, drawn from a corpus in one way or several.
///
/// An epoch takes every item of the first draw once; the others draw as many items of their own by lot.
public struct TextBatchMaker: BatchMaking {
    /// Ways to draw texts, and what the objectives that want them are called.
    public struct Wish: Sendable {
        var draw: any TextDraw
        var objective: String
        var isJoined: Bool

        /// A draw for an objective; `isJoined` makes one sequence of two texts.
        public init(_ draw: any TextDraw, for objective: String, isJoined: Bool = false) {
            (self.draw, self.objective, self.isJoined) = (draw, objective, isJoined)
        }
    }

    /// Items of a batch.
    public let batchSize: Int
    private let wishes: [Wish]
    private let samplers: [TextSampler]
    /// Draws the texts that are hidden in part.
    private let single: TextSampler?
    private let hiding: TextHiding
    private let seed: UInt64

    /// Batches of a corpus' training documents.
    ///
    /// - Parameters:
    ///   - wishes: Draws whose texts stand in `Batch.texts`, in this order.
    ///   - hiding: What is done to single texts, which stand in `Batch.maskedTexts` and `deletedTexts`; and the objective
    ///     that wants it.
    /// - Throws: `.badData` where no document can feed a draw.
    public init(
        _ corpus: Corpus, wishes: [Wish], hiding: TextHiding, for hider: String, tokenizer: any Tokenizer,
        contextLength: Int, batchSize: Int, seed: UInt64
    ) throws(Failure) {
        var samplers: [TextSampler] = []
        for wish in wishes {
            samplers.append(
                try TextSampler(
                    of: corpus.training, in: corpus, draw: wish.draw, tokenizer: tokenizer,
                    contextLength: contextLength,
                    seed: seed, objective: wish.objective))
        }
        single =
            hiding.isEmpty
            ? nil
            : try TextSampler(
                of: corpus.training, in: corpus, draw: SingleText(), tokenizer: tokenizer, contextLength: contextLength,
                seed: seed, objective: hider)
        (self.wishes, self.samplers, self.hiding, self.seed) = (wishes, samplers, hiding, seed)
        guard let first = samplers.first ?? single else { preconditionFailure("nothing is to be drawn") }
        self.batchSize = min(batchSize, first.items.count)
    }

    private var items: [TextItem] { (samplers.first ?? single)?.items ?? [] }

    /// Full batches in an epoch.
    public var batchesPerEpoch: Int { items.count / batchSize }

    /// The first draw's items in the order in which batches take them.
    public func order(ofEpoch epoch: Int) -> [Int] {
        var random = SeededRandom(seed: seed, purpose: .order, epoch: epoch)
        return random.permutation(items.count)
    }

    /// One batch.
    public func batch(epoch: Int, index: Int, order: [Int]) throws(Failure) -> Batch {
        precondition(index >= 0 && index < batchesPerEpoch, "batch \(index) of \(batchesPerEpoch)")
        var batch = Batch(epoch: epoch, index: index)
        let places = index * batchSize..<(index + 1) * batchSize
        let all = samplers + (single.map { [$0] } ?? [])
        for (number, sampler) in all.enumerated() {
            let drawn = places.map { place in
                // Each draw has places of its own, and so luck of its own.
                let own = place * all.count + number
                return sampler.draw(item(place, of: sampler, number, order, epoch), epoch: epoch, place: own)
            }
            batch.truncatedCount += drawn.reduce(0) { $0 + $1.truncatedCount }
            if number < samplers.count {
                let source = sampler.source
                batch.texts.append(
                    wishes[number].isJoined
                        ? DrawnTextBatch(
                            joining: drawn, contextLength: source.contextLength, start: source.tokenizer.startToken)
                        : DrawnTextBatch(drawn))
            } else {
                hiding.apply(to: drawn.map { $0.texts[0] }, item: places.lowerBound, &batch)
            }
        }
        batch.names = places.map { "text \($0)" }
        return batch
    }

    private func item(_ place: Int, of sampler: TextSampler, _ number: Int, _ order: [Int], _ epoch: Int) -> TextItem {
        guard number > 0 else { return sampler.items[order[place]] }
        var random = SeededRandom(
            seed: seed, purpose: .order, epoch: epoch, item: 1 + place * (samplers.count + 1) + number)
        return sampler.items[random.index(below: sampler.items.count)]
    }
}
