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
    /// The height and width that the recipe gives.
    public let side: Int
    /// Pairs in a batch: what was asked for, or all there are if that is less.
    public let batchSize: Int
    /// The seed of all luck.
    public let seed: UInt64
    let recipes: BatchRecipes
    private let cache: PictureCache
    private let hiding: TextHiding?
    private let features: BatchFeatures
    private let teacher: TeacherVectors?

    /// Batches of the given samples.
    ///
    /// - Parameters:
    ///   - recipe: What is done to every picture of a pair; gives `side × side`. Nil where no pair is asked for: then there
    ///     are no captions either.
    ///   - viewRecipes: What makes further views of every picture, a recipe a view.
    ///   - hiding: What is done to captions beside.
    ///   - features: Rows that take the place of pictures or captions, where towers are locked.
    ///   - teacher: Vectors of the pictures of all `indices`.
    ///   - cacheBytes: How many bytes of decoded, reduced pictures are kept in memory for the next epochs.
    ///   - pixelFile: Where they are kept instead.
    /// - Throws: `.cannotWrite` or `.readWrite` where that file cannot be used.
    public init(
        dataset: Dataset, indices: [Int], tokenizer: any Tokenizer, contextLength: Int, recipe: [any Augmentation]?,
        viewRecipes: [[any Augmentation]] = [], hiding: TextHiding? = nil, side: Int, batchSize: Int, seed: UInt64,
        features: BatchFeatures = BatchFeatures(), teacher: TeacherVectors? = nil, cacheBytes: Int = 512 << 20,
        pixelFile: PixelFile? = nil
    ) throws(Failure) {
        precondition(!indices.isEmpty && batchSize > 0, "\(indices.count) samples in batches of \(batchSize)")
        self.dataset = dataset
        self.indices = indices
        self.tokenizer = tokenizer
        self.contextLength = contextLength
        self.hiding = hiding
        self.side = side
        self.batchSize = min(batchSize, indices.count)
        self.seed = seed
        self.features = features
        self.teacher = teacher
        let recipes = BatchRecipes(pairs: recipe, views: viewRecipes)
        self.recipes = recipes
        let file =
            if let pixelFile {
                try RecordFile(
                    pixelFile.path, purpose: "at least \(2 * side) \(recipes.purpose)", limit: pixelFile.limit)
            } else { nil as RecordFile? }
        cache = PictureCache(limit: cacheBytes, file: file)
    }

    /// How many pictures a batch holds of each one: that of its pair, and further views.
    public var viewCount: Int { recipes.views.count + (recipes.pairs == nil ? 0 : 1) }

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
        var draft = Draft(Batch(epoch: epoch, index: index, side: side, viewCount: recipes.views.count))
        for place in 0..<batchSize {
            let item = index * batchSize + place
            let found = try readable(order[item], epoch: epoch, item: item, skipped: &draft.batch.skipped)
            draft.batch.pictureIDs.append(draft.pictures.first(found.fingerprint, at: place))
            draft.batch.names.append(found.sample.name)
            addPicture(found, item, &draft)
            guard recipes.pairs != nil else { continue }
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
        if let hiding, recipes.pairs != nil {
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
        let seen: [Picture]
        switch found.picture {
        case .features(let views):
            var luck = SeededRandom(seed: seed, purpose: .augmentation, epoch: draft.batch.epoch, item: item)
            draft.pictureKeys.append(
                FeatureKey(found.fingerprint.description, view: views[luck.index(below: views.count)]))
            return
        case .versions(let versions):
            seen = recipes.made(of: versions, seed: seed, epoch: draft.batch.epoch, item: item)
        case .seen(let picture): seen = [picture]
        }
        for view in seen {
            precondition(
                view.height == side && view.width == side, "\(view.height) × \(view.width), expected \(side)")
        }
        let views = seen.suffix(recipes.views.count)
        if recipes.pairs != nil { draft.batch.pictures += seen[0].pixels }
        for (number, view) in views.enumerated() { draft.batch.views[number] += view.pixels }
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
            /// After what draws no luck.
            case versions([Images.Picture])
            /// After all that the only recipe does.
            case seen(Images.Picture)
            /// Rows, of which there is one a view.
            case features(views: [String])
        }

        var sample: Sample
        var fingerprint: Fingerprint
        var picture: Picture

        init(sample: Sample, fingerprint: Fingerprint, picture: Picture) {
            (self.sample, self.fingerprint, self.picture) = (sample, fingerprint, picture)
        }

        init(sample: Sample, _ prepared: PreparedPicture) {
            self.init(
                sample: sample, fingerprint: prepared.fingerprint, picture: .versions(prepared.versions))
        }
    }

    /// The sample at `index` with its picture after the recipes' fixed parts; if it cannot be read, the first readable one
    /// from a drawn place on.
    private func readable(
        _ index: Int, epoch: Int, item: Int, skipped: inout [Skipped]
    ) throws(Failure) -> Found {
        if let found = load(index, epoch, item, &skipped) { return found }
        var random = SeededRandom(seed: seed, purpose: .order, epoch: epoch, item: item + 1)  // 0 is the order's own
        for _ in 0..<16 {
            if let found = load(indices[random.index(below: indices.count)], epoch, item, &skipped) { return found }
        }
        let start = random.index(below: indices.count)
        for offset in indices.indices {
            if let found = load(indices[(start + offset) % indices.count], epoch, item, &skipped) { return found }
        }
        throw Failure(
            .badData, "cannot fill a batch", at: dataset.path,
            because: "none of \(indices.count) pictures can be read"
                + (skipped.first.map { " (\($0.name): \($0.reason))" } ?? ""),
            try: "check the pictures")
    }

    /// The sample at `index` with its picture for place `item` of an epoch.
    private func load(_ index: Int, _ epoch: Int, _ item: Int, _ skipped: inout [Skipped]) -> Found? {
        var name = "sample \(index)"
        do throws(Failure) {
            let sample = try dataset.sample(at: index)
            name = sample.name
            if let features = features.pictures {  // those without were listed when features were made
                return features.fingerprints[index].map {
                    Found(sample: sample, fingerprint: $0, picture: .features(views: features.views))
                }
            }
            let kept = try cache.picture(index) { () throws(Failure) in try sample.pictureFingerprint() }
            if let kept { return Found(sample: sample, kept) }
            if cache.isFull, let recipe = recipes.only {
                var luck = recipes.luck(0, seed: seed, epoch: epoch, item: item)
                let seen = try sample.loadPicture(through: recipe, atLeast: 2 * side, using: &luck)
                return Found(sample: sample, fingerprint: seen.fingerprint, picture: .seen(seen.picture))
            }
            let loaded = try sample.loadPicture(atLeast: 2 * side)
            let made = PreparedPicture(
                versions: recipes.versions(of: loaded.picture), fingerprint: loaded.fingerprint)
            cache.keep(index, made)
            return Found(sample: sample, made)
        } catch {
            skipped.note(name, error)
            return nil
        }
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
