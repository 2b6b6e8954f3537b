import Augmentations
import Catalogue
import Datasets
import Failures
import Storage
import Tensors
import Towers

/// Makes what locked towers see of a run's data, as far as no run before has made it.
///
/// What is made is kept within seconds, so that hardly anything is lost to whoever ends the process.
struct FeatureGatherer {
    let preparation: Preparation
    let cache: FeatureCache

    /// What takes the place of pictures and captions.
    struct Outcome {
        var training = BatchFeatures()
        var heldOut = BatchFeatures()
        /// Pictures that cannot be read.
        var skipped: [Skipped] = []
    }

    /// Told how far it is, about once a second; where it throws, what was made by then is kept.
    typealias Tell = (FeatureReport) throws(Failure) -> Void

    /// Makes the features of all pictures and captions whose tower is locked.
    func gather(_ towers: inout LockedTowers, tell: Tell) throws(Failure) -> Outcome {
        var outcome = Outcome()
        if var tower = towers.image.take() { try gatherPictures(&tower, into: &outcome, tell) }
        if var tower = towers.text.take() {
            let table = try gatherCaptions(&tower, tell)
            (outcome.training.captions, outcome.heldOut.captions) = (table, table)
        }
        return outcome
    }

    // MARK: - Pictures

    /// Pictures of one data set.
    private struct Part {
        let dataset: Dataset
        let indices: [Int]
        var fingerprints: [Int: Fingerprint] = [:]
        var views: [String]

        func key(_ index: Int, _ view: String) -> FeatureKey? {
            fingerprints[index].map { FeatureKey($0.description, view: view) }
        }
    }

    private func gatherPictures(
        _ tower: inout LockedTower, into outcome: inout Outcome, _ tell: Tell
    ) throws(Failure) {
        let settings = preparation.settings
        let table = try cache.table(of: tower.fingerprint.description, width: tower.featureWidth)
        // Augmented views depend on the recipe and on the seed.
        let recipe = try JSONText.line(SavedRecipe(settings.recipe(preparation.preprocessing)))
        let drawn = (1..<(settings.towers?.featureViews ?? 1)).map { "\($0) \(settings.seed) \(recipe)" }
        var parts = [
            Part(dataset: preparation.dataset, indices: preparation.training, views: [""] + drawn)
        ]
        if let heldOut = preparation.heldOut as? HeldOutPairs {
            parts.append(Part(dataset: heldOut.dataset, indices: heldOut.indices, views: [""]))
        }
        var wanted: [(part: Int, view: Int, indices: [Int])] = [], seen: Set<FeatureKey> = []
        for number in parts.indices {
            let (fingerprints, skipped) = parts[number].dataset.pictureFingerprints(
                of: parts[number].indices, workers: preparation.workers)
            parts[number].fingerprints = fingerprints
            outcome.skipped += skipped
            for view in parts[number].views.indices {
                let indices = try missing(in: table, of: parts[number], view, &seen)
                wanted.append((number, view, indices))
            }
        }
        var progress = FeatureProgress(.image, all: wanted.reduce(0) { $0 + $1.indices.count })
        try tell(progress.report)
        var broken: Set<Fingerprint> = []  // contents that cannot be decoded
        for (number, view, indices) in wanted where !indices.isEmpty {
            try makePictures(indices, of: parts[number], view, &tower, table, &progress, tell) { (chunk) in
                outcome.skipped += chunk.skipped
                broken.formUnion(chunk.skippedIndices.compactMap { parts[number].fingerprints[$0] })
            }
        }
        if progress.report.all > 0 { try tell(progress.report) }
        let made = parts.map { part in
            PictureFeatures(
                table, fingerprints: part.fingerprints.filter { !broken.contains($0.value) },
                views: part.views)
        }
        (outcome.training.pictures, outcome.heldOut.pictures) = (made[0], made.count > 1 ? made[1] : nil)
    }

    /// Samples of which one view is missing, one of each content.
    private func missing(
        in table: FeatureTable, of part: Part, _ view: Int, _ seen: inout Set<FeatureKey>
    ) throws(Failure) -> [Int] {
        var keys: [FeatureKey] = [], indices: [FeatureKey: Int] = [:]
        for index in part.indices {
            guard let key = part.key(index, part.views[view]), seen.insert(key).inserted else { continue }
            keys.append(key)
            indices[key] = index
        }
        return try table.missing(keys).compactMap { indices[$0] }
    }

    private func makePictures(
        _ indices: [Int], of part: Part, _ view: Int, _ tower: inout LockedTower, _ table: FeatureTable,
        _ progress: inout FeatureProgress, _ tell: Tell, noting note: (PictureChunk) -> Void
    ) throws(Failure) {
        let preprocessing = preparation.preprocessing, plan = preparation.model.plan
        var loader = PictureLoader(
            part.dataset, indices: indices,
            recipe: view == 0 ? .evaluation(preprocessing) : preparation.settings.recipe(preprocessing),
            side: preprocessing.side, view: view, seed: preparation.settings.seed, chunk: 32,
            workers: preparation.workers)
        while let chunk = loader.next() {
            if chunk.count > 0 {
                let rows = tower.features(batch: chunk.count, plan: plan) { rows in
                    writePatches(of: chunk.pictures, plan.layout, preprocessing, into: &rows)
                }
                let keys = chunk.fingerprints.map { FeatureKey($0.description, view: part.views[view]) }
                try table.add(keys, rows: rows)
            }
            note(chunk)
            progress.add(chunk.count + chunk.skipped.count)
            if progress.isDue { try tell(progress.report) }
        }
    }

    // MARK: - Captions

    private func gatherCaptions(_ tower: inout LockedTower, _ tell: Tell) throws(Failure) -> FeatureTable {
        let table = try cache.table(of: tower.fingerprint.description, width: tower.featureWidth)
        var texts = try preparation.dataset.captions(of: preparation.training)
        if let heldOut = preparation.heldOut as? HeldOutPairs {
            texts += try heldOut.dataset.captions(of: heldOut.indices)
        }
        let captions = preparation.distinctTokens(of: texts)
        let tokens = Dictionary(uniqueKeysWithValues: captions.map { (FeatureKey(tokens: $0), $0) })
        let missing = try table.missing(captions.map { FeatureKey(tokens: $0) }), chunk = 64
        var progress = FeatureProgress(.text, all: missing.count)
        try tell(progress.report)
        for start in stride(from: 0, to: missing.count, by: chunk) {
            let keys = Array(missing[start..<min(start + chunk, missing.count)])
            let captions = keys.map { tokens[$0] ?? [] }
            let rows = tower.features(
                tokens: captions.flatMap { $0 }, segments: Segments(lengths: captions.map(\.count)))
            try table.add(keys, rows: rows)
            progress.add(keys.count)
            if progress.isDue { try tell(progress.report) }
        }
        if !missing.isEmpty { try tell(progress.report) }
        return table
    }
}

/// How far the making of features is.
struct FeatureProgress {
    private let tower: TowerSide
    private let all: Int
    private let start = ContinuousClock.now
    private var told = ContinuousClock.now
    private var done = 0

    init(_ tower: TowerSide, all: Int) { (self.tower, self.all) = (tower, all) }

    mutating func add(_ count: Int) { done += count }

    /// Whether a second has gone by since this was last true.
    var isDue: Bool {
        mutating get {
            guard ContinuousClock.now - told >= .seconds(1), done < all else { return false }
            told = .now
            return true
        }
    }

    var report: FeatureReport {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return FeatureReport(
            tower: tower, done: done, all: all, seconds: seconds, perSecond: Double(done) / max(seconds, 1e-9))
    }
}
