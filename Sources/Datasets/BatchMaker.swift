public import Augmentations
import Catalogue
public import Failures
import Images
import Storage
import Tensors
public import Tokenizers

/// Makes any batch of any epoch: a pure function of the numbers, the data and the seed.
public struct BatchMaker: Sendable {
    /// The pictures and captions.
    public let dataset: Dataset
    /// The samples that batches are drawn from.
    public let indices: [Int]
    /// Turns the drawn caption into tokens.
    public let tokenizer: any Tokenizer
    /// Most tokens of a caption.
    public let contextLength: Int
    /// What is done to every picture; gives `side × side`.
    public let recipe: [any Augmentation]
    /// The height and width that the recipe gives.
    public let side: Int
    /// Pairs in a batch: what was asked for, or all there are if that is less.
    public let batchSize: Int
    /// The seed of all luck.
    public let seed: UInt64
    private let parts: (fixed: [any Augmentation], drawn: [any Augmentation])
    private let cache: PictureCache
    private let features: BatchFeatures
    private let teacher: TeacherVectors?

    /// Batches of the given samples.
    ///
    /// - Parameters:
    ///   - features: Rows that take the place of pictures or captions, where towers are locked.
    ///   - teacher: Vectors of the pictures of all `indices`.
    ///   - cacheBytes: How many bytes of decoded, reduced pictures are kept in memory for the next epochs.
    public init(
        dataset: Dataset, indices: [Int], tokenizer: any Tokenizer, contextLength: Int, recipe: [any Augmentation],
        side: Int, batchSize: Int, seed: UInt64, features: BatchFeatures = BatchFeatures(),
        teacher: TeacherVectors? = nil, cacheBytes: Int = 512 << 20
    ) {
        precondition(!indices.isEmpty && batchSize > 0, "\(indices.count) samples in batches of \(batchSize)")
        self.dataset = dataset
        self.indices = indices
        self.tokenizer = tokenizer
        self.contextLength = contextLength
        self.recipe = recipe
        self.side = side
        self.batchSize = min(batchSize, indices.count)
        self.seed = seed
        self.features = features
        self.teacher = teacher
        parts = recipe.parts
        cache = PictureCache(limit: cacheBytes)
    }

    /// Full batches in an epoch; the remainder, another one each epoch, is left out.
    public var batchesPerEpoch: Int { indices.count / batchSize }

    /// The samples of an epoch in the order in which batches take them.
    func order(ofEpoch epoch: Int) -> [Int] {
        var random = SeededRandom(seed: seed, purpose: .order, epoch: epoch)
        return random.permutation(indices.count).map { indices[$0] }
    }

    /// One batch.
    ///
    /// - Throws: `.badData` if not one picture of the data can be read.
    public func batch(epoch: Int, index: Int) throws(Failure) -> Batch {
        try batch(epoch: epoch, index: index, order: order(ofEpoch: epoch))
    }

    func batch(epoch: Int, index: Int, order: [Int]) throws(Failure) -> Batch {
        precondition(index >= 0 && index < batchesPerEpoch, "batch \(index) of \(batchesPerEpoch)")
        var batch = Batch(epoch: epoch, index: index, side: side)
        if features.pictures == nil { batch.pictures.reserveCapacity(batchSize * side * side * 3) }
        var pictures: [Fingerprint: Int] = [:], captions: [[Int32]: Int] = [:], lengths: [Int] = []
        var pictureKeys: [FeatureKey] = [], captionKeys: [FeatureKey] = []
        for place in 0..<batchSize {
            let item = index * batchSize + place
            let found = try readable(order[item], epoch: epoch, item: item, skipped: &batch.skipped)
            var luck = SeededRandom(seed: seed, purpose: .augmentation, epoch: epoch, item: item)
            switch found.picture {
            case .pixels(let picture):
                let view = parts.drawn.apply(to: picture, using: &luck)
                precondition(
                    view.height == side && view.width == side, "\(view.height) × \(view.width), expected \(side)")
                batch.pictures += view.pixels
            case .features(let views):
                let view = views[luck.index(below: views.count)]
                pictureKeys.append(FeatureKey(found.fingerprint.description, view: view))
            }
            var draw = SeededRandom(seed: seed, purpose: .caption, epoch: epoch, item: item)
            let caption = found.sample.captions[draw.index(below: found.sample.captions.count)]
            let tokens = tokenizer.encode(caption, contextLength: contextLength)
            batch.tokens += tokens.ids
            lengths.append(tokens.ids.count)
            if tokens.isTruncated { batch.truncatedCount += 1 }
            if features.captions != nil { captionKeys.append(FeatureKey(tokens: tokens.ids)) }
            batch.pictureIDs.append(pictures.first(found.fingerprint, at: place))
            batch.captionIDs.append(captions.first(tokens.ids, at: place))
            batch.names.append(found.sample.name)
            if let teacher {
                guard let row = teacher.row(of: found.sample) else {
                    preconditionFailure("\(found.sample.name) has none")
                }
                batch.teacher += teacher.vector(row)
            }
        }
        if let table = features.pictures?.table { batch.pictureFeatures = try table.rows(of: pictureKeys) }
        if let table = features.captions { batch.captionFeatures = try table.rows(of: captionKeys) }
        batch.segments = Segments(lengths: lengths)
        return batch
    }

    /// A sample whose picture is at hand.
    private struct Found {
        enum Picture {
            case pixels(Images.Picture)
            /// Rows, of which there is one a view.
            case features(views: [String])
        }

        var sample: Sample
        var fingerprint: Fingerprint
        var picture: Picture
    }

    /// The sample at `index` with its picture after the recipe's fixed part; if it cannot be read, the first readable one from a drawn place on.
    private func readable(
        _ index: Int, epoch: Int, item: Int, skipped: inout [Skipped]
    ) throws(Failure) -> Found {
        if let found = load(index, &skipped) { return found }
        var random = SeededRandom(seed: seed, purpose: .order, epoch: epoch, item: item + 1)  // 0 is the order's own
        for _ in 0..<16 {
            if let found = load(indices[random.index(below: indices.count)], &skipped) { return found }
        }
        let start = random.index(below: indices.count)
        for offset in indices.indices {
            if let found = load(indices[(start + offset) % indices.count], &skipped) { return found }
        }
        throw Failure(
            .badData, "cannot fill a batch", at: dataset.path,
            because: "none of \(indices.count) pictures can be read"
                + (skipped.first.map { " (\($0.name): \($0.reason))" } ?? ""),
            try: "check the pictures")
    }

    private func load(_ index: Int, _ skipped: inout [Skipped]) -> Found? {
        var name = "sample \(index)"
        var failure: Failure?
        let sample: Sample
        do throws(Failure) {
            sample = try dataset.sample(at: index)
            name = sample.name
        } catch {
            skipped.note(name, error)
            return nil
        }
        if let features = features.pictures {  // those without were listed when features were made
            return features.fingerprints[index].map {
                Found(sample: sample, fingerprint: $0, picture: .features(views: features.views))
            }
        }
        let loaded = cache.picture(index) {
            do throws(Failure) {
                var loaded = try sample.loadPicture(atLeast: 2 * side)
                var none = SeededRandom(seed: seed, purpose: .augmentation)  // not drawn from
                loaded.picture = parts.fixed.apply(to: loaded.picture, using: &none)
                return loaded
            } catch {
                failure = error
                return nil
            }
        }
        if let failure { skipped.note(name, failure) }
        return loaded.map { Found(sample: sample, fingerprint: $0.fingerprint, picture: .pixels($0.picture)) }
    }
}

extension [Skipped] {
    /// Adds a sample that cannot be used, once.
    fileprivate mutating func note(_ name: String, _ failure: Failure) {
        let bad = Skipped(name: name, reason: failure.why)
        if !contains(bad) { append(bad) }
    }
}

extension Dictionary where Value == Int {
    /// The place where `key` stood first; `place` if it is new.
    mutating func first(_ key: Key, at place: Int) -> Int {
        let first = self[key] ?? place
        self[key] = first
        return first
    }
}
