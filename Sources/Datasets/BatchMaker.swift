public import Augmentations
import Catalogue
public import Failures
import Images
import Storage
import Tensors
public import Tokenizers

/// Makes batches of pictures: with captions, with further views, or both.
public struct BatchMaker: BatchMaking {
    /// The pictures and captions.
    public let dataset: Dataset
    /// The samples that batches are drawn from.
    public let indices: [Int]
    /// Turns the drawn caption into tokens.
    public let tokenizer: any Tokenizer
    /// Most tokens of a caption.
    public let contextLength: Int
    /// What is done to every picture of a pair; gives `side × side`. Nil where no pair is asked for: then there are no
    /// captions either.
    public let recipe: [any Augmentation]?
    /// What makes further views of every picture, a recipe a view.
    public let viewRecipes: [[any Augmentation]]
    /// The height and width that the recipe gives.
    public let side: Int
    /// Pairs in a batch: what was asked for, or all there are if that is less.
    public let batchSize: Int
    /// The seed of all luck.
    public let seed: UInt64
    /// What recipes do with luck and without, that of pairs first.
    private let parts: [(fixed: [any Augmentation], drawn: [any Augmentation])]
    private let cache: PictureCache
    private let hiding: TextHiding?
    private let features: BatchFeatures
    private let teacher: TeacherVectors?

    /// Batches of the given samples.
    ///
    /// - Parameters:
    ///   - hiding: What is done to captions beside.
    ///   - features: Rows that take the place of pictures or captions, where towers are locked.
    ///   - teacher: Vectors of the pictures of all `indices`.
    ///   - cacheBytes: How many bytes of decoded, reduced pictures are kept in memory for the next epochs.
    public init(
        dataset: Dataset, indices: [Int], tokenizer: any Tokenizer, contextLength: Int, recipe: [any Augmentation]?,
        viewRecipes: [[any Augmentation]] = [], hiding: TextHiding? = nil, side: Int, batchSize: Int, seed: UInt64,
        features: BatchFeatures = BatchFeatures(), teacher: TeacherVectors? = nil, cacheBytes: Int = 512 << 20
    ) {
        precondition(!indices.isEmpty && batchSize > 0, "\(indices.count) samples in batches of \(batchSize)")
        self.dataset = dataset
        self.indices = indices
        self.tokenizer = tokenizer
        self.contextLength = contextLength
        self.recipe = recipe
        self.viewRecipes = viewRecipes
        self.hiding = hiding
        self.side = side
        self.batchSize = min(batchSize, indices.count)
        self.seed = seed
        self.features = features
        self.teacher = teacher
        parts = ((recipe.map { [$0] } ?? []) + viewRecipes).map(\.parts)
        cache = PictureCache(limit: cacheBytes)
    }

    /// Full batches in an epoch; the remainder, another one each epoch, is left out.
    public var batchesPerEpoch: Int { indices.count / batchSize }

    /// The samples of an epoch in the order in which batches take them.
    public func order(ofEpoch epoch: Int) -> [Int] {
        var random = SeededRandom(seed: seed, purpose: .order, epoch: epoch)
        return random.permutation(indices.count).map { indices[$0] }
    }

    /// One batch.
    ///
    /// - Throws: `.badData` if not one picture of the data can be read.
    public func batch(epoch: Int, index: Int, order: [Int]) throws(Failure) -> Batch {
        precondition(index >= 0 && index < batchesPerEpoch, "batch \(index) of \(batchesPerEpoch)")
        var draft = Draft(Batch(epoch: epoch, index: index, side: side, viewCount: viewRecipes.count))
        for place in 0..<batchSize {
            let item = index * batchSize + place
            let found = try readable(order[item], epoch: epoch, item: item, skipped: &draft.batch.skipped)
            draft.batch.pictureIDs.append(draft.pictures.first(found.fingerprint, at: place))
            draft.batch.names.append(found.sample.name)
            addPicture(found, item, &draft)
            guard recipe != nil else { continue }
            addCaption(found.sample, item, &draft)
            if let teacher {
                guard let row = teacher.row(of: found.sample) else {
                    preconditionFailure("\(found.sample.name) has none")
                }
                draft.batch.teacher += teacher.vector(row)
            }
        }
        if let table = features.pictures?.table {
            draft.batch.pictureFeatures = try table.rows(of: draft.pictureKeys)
        }
        if let table = features.captions { draft.batch.captionFeatures = try table.rows(of: draft.captionKeys) }
        draft.batch.segments = Segments(lengths: draft.lengths)
        draft.batch.viewIDs = draft.batch.pictureIDs
        if let hiding, recipe != nil {
            let captions = (0..<batchSize).map { Array(draft.batch.tokens[draft.batch.segments[$0]]) }
            hiding.apply(to: captions, item: index * batchSize, &draft.batch)
        }
        return draft.batch
    }

    /// A batch under way.
    private struct Draft {
        var batch: Batch
        var pictures: [Fingerprint: Int] = [:], captions: [[Int32]: Int] = [:], lengths: [Int] = []
        var pictureKeys: [FeatureKey] = [], captionKeys: [FeatureKey] = []

        init(_ batch: Batch) { self.batch = batch }
    }

    /// Adds what is seen of a picture: its pixels or its features, and further views.
    private func addPicture(_ found: Found, _ item: Int, _ draft: inout Draft) {
        var luck = SeededRandom(seed: seed, purpose: .augmentation, epoch: draft.batch.epoch, item: item)
        switch found.picture {
        case .pixels(var versions):
            if recipe != nil {
                draft.batch.pictures += seen(versions.removeFirst(), through: parts[0].drawn, &luck)
            }
            for (number, version) in versions.enumerated() {
                // Each view has luck of its own, whatever else a batch holds.
                var luck = SeededRandom(
                    seed: seed, purpose: .views, epoch: draft.batch.epoch, item: item * viewRecipes.count + number)
                let drawn = parts[parts.count - versions.count + number].drawn
                draft.batch.views[number] += seen(version, through: drawn, &luck)
            }
        case .features(let views):
            let view = views[luck.index(below: views.count)]
            draft.pictureKeys.append(FeatureKey(found.fingerprint.description, view: view))
        }
    }

    private func seen(
        _ picture: Picture, through recipe: [any Augmentation], _ luck: inout SeededRandom
    ) -> [UInt8] {
        let view = recipe.apply(to: picture, using: &luck)
        precondition(view.height == side && view.width == side, "\(view.height) × \(view.width), expected \(side)")
        return view.pixels
    }

    /// Adds one caption of a sample, drawn by lot.
    private func addCaption(_ sample: Sample, _ item: Int, _ draft: inout Draft) {
        var luck = SeededRandom(seed: seed, purpose: .caption, epoch: draft.batch.epoch, item: item)
        let caption = sample.captions[luck.index(below: sample.captions.count)]
        let tokens = tokenizer.encode(caption, contextLength: contextLength), place = draft.batch.captionIDs.count
        draft.batch.tokens += tokens.ids
        draft.lengths.append(tokens.ids.count)
        if tokens.isTruncated { draft.batch.truncatedCount += 1 }
        if features.captions != nil { draft.captionKeys.append(FeatureKey(tokens: tokens.ids)) }
        draft.batch.captionIDs.append(draft.captions.first(tokens.ids, at: place))
    }

    /// A sample whose picture is at hand.
    private struct Found {
        enum Picture {
            /// One version a recipe, after what draws no luck.
            case pixels([Images.Picture])
            /// Rows, of which there is one a view.
            case features(views: [String])
        }

        var sample: Sample
        var fingerprint: Fingerprint
        var picture: Picture
    }

    /// The sample at `index` with its picture after the recipes' fixed parts; if it cannot be read, the first readable one
    /// from a drawn place on.
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
        let prepared = cache.picture(index) {
            do throws(Failure) {
                let loaded = try sample.loadPicture(atLeast: 2 * side)
                var none = SeededRandom(seed: seed, purpose: .augmentation)  // not drawn from
                return PreparedPicture(
                    versions: parts.map { $0.fixed.apply(to: loaded.picture, using: &none) },
                    fingerprint: loaded.fingerprint)
            } catch {
                failure = error
                return nil
            }
        }
        if let failure { skipped.note(name, failure) }
        return prepared.map { Found(sample: sample, fingerprint: $0.fingerprint, picture: .pixels($0.versions)) }
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
