import Augmentations
import Autodiff
import Catalogue
public import Failures
public import Storage
import Tensors
import Tokenizers
import Towers

/// A model that embeds pictures and captions, or a picture tower alone; nothing else of it is used here.
public struct Encoder: ~Copyable {
    /// Length of every embedding.
    public let embedDim: Int
    /// Tells the model from others.
    public let fingerprint: Fingerprint
    /// What turns a file into the numbers that the model reads; workers have their own copy.
    let preparation: PicturePreparation
    /// Where it lies.
    let folder: String
    /// What its text tower reads; nil of a picture tower alone.
    private let tokenizer: (any Tokenizer)?
    /// Whether it has a text tower.
    var readsWords: Bool { tokenizer != nil }
    private let plan: ModelPlan
    private var loaded: LoadedModel?
    private var tower: LockedTower?
    /// What the picture tower made of pictures while a run learnt from them.
    private let features: FeatureTable?

    /// Pictures or captions that are embedded at once.
    static let batchSize = 32

    /// Opens the model in `folder`: one that clip-train wrote, or Hugging Face's; or a picture tower alone.
    ///
    /// - Throws: `.missingInput` where a file is missing, `.badData` where one is damaged, `.badSettings` where weights,
    ///   settings and tokenizer contradict each other, or where a tower alone sees no pictures.
    public init(_ folder: String) throws(Failure) {
        var tower: LockedTower?, loaded: LoadedModel?, tokenizer: (any Tokenizer)?, features: FeatureTable?
        let path = try ModelFolder.isTower(folder) ? ModelFolder.prepared(folder) : folder
        let fingerprint = try ModelFolder.fingerprint(path), settings: ModelSettings, embedDim: Int
        if ModelFolder.isTower(folder) {
            settings = try Self.settings(ofTower: path)
            let opened = try Self.tower(settings, path)
            embedDim = opened.featureWidth
            tower = consume opened
        } else {
            let words = try readTokenizer(folder: path), model = try ModelFolder.read(path)
            (settings, embedDim, tokenizer) = (model.settings, model.model.plan.embedDim, words)
            guard words.vocabSize <= model.model.plan.vocabSize else {
                throw Failure(
                    .badSettings, "cannot use model", at: folder,
                    because: "the tokenizer has \(words.vocabSize) tokens, the model \(model.model.plan.vocabSize)",
                    try: "give a folder whose files belong together")
            }
            features = Self.features(beside: folder, model)
            loaded = consume model
        }
        (self.folder, self.fingerprint, self.embedDim) = (folder, fingerprint, embedDim)
        (plan, preparation) = (settings.model.plan, PicturePreparation(settings))
        (self.tokenizer, self.features) = (tokenizer, features)
        self.tower = consume tower
        self.loaded = consume loaded
    }

    /// The settings of a picture tower alone, whose features are the embeddings. The text tower beside it is described and
    /// never made.
    private static func settings(ofTower folder: String) throws(Failure) -> ModelSettings {
        var choices = TowerChoices(embedDim: 1)
        choices.imageTower = folder
        let preset = try ModelConfiguration(named: ModelConfiguration.presetNames[0])
        let towers = try DualEncoder(choices, else: preset, startToken: nil, endToken: nil)
        guard let preprocessing = try choices.preprocessing() else { preconditionFailure("the tower has a folder") }
        return try ModelSettings(model: .dualEncoder(towers), preprocessing: preprocessing)
    }

    private static func tower(_ settings: ModelSettings, _ folder: String) throws(Failure) -> LockedTower {
        guard case .dualEncoder(let towers) = settings.model else { preconditionFailure("a tower is one of two") }
        return try LockedTower(.image, of: towers, settings.preprocessing, from: folder)
    }

    /// The features that the run left which the model comes from. They save time and nothing else, so that a file which
    /// cannot be opened is no failure.
    private static func features(beside folder: String, _ loaded: borrowing LoadedModel) -> FeatureTable? {
        guard let tower = (try? loaded.towerFingerprint(.image)) ?? nil else { return nil }
        let width = loaded.model.plan.featureWidth(.image)
        return (try? FeatureCache.table(of: tower.description, width: width, besideModel: folder)) ?? nil
    }

    /// The embeddings of prepared pictures: unit vectors.
    mutating func embed(_ pictures: [PreparedPicture]) -> [[Float]] {
        let layout = preparation.layout, size = layout.patches * layout.rowWidth, features = features
        func write(_ batch: ArraySlice<PreparedPicture>, _ rows: inout MutableSpan<Float>) {
            for (place, picture) in batch.enumerated() {
                for i in 0..<size { rows[place * size + i] = picture.patches[i] }
            }
        }
        if var tower = tower.take() {
            var embeddings: [[Float]] = []
            for start in stride(from: 0, to: pictures.count, by: Self.batchSize) {
                let batch = pictures[start..<min(start + Self.batchSize, pictures.count)]
                let rows = tower.features(batch: batch.count, plan: plan) { write(batch, &$0) }
                embeddings += unitRows(rows, width: embedDim)
            }
            self.tower = consume tower
            return embeddings
        }
        return inBatches(of: pictures) { batch, loaded in
            if let rows = try? features?.rows(of: batch.map { FeatureKey($0.fingerprint) }) {
                let input = loaded.tape.input([batch.count, rows.count / batch.count]) {
                    for i in rows.indices { $0[i] = rows[i] }
                }
                return loaded.model.embed(input, of: .image, on: &loaded.tape)
            }
            // [batch · patches, 3 · patchSize²]
            let patches = loaded.tape.input([batch.count * layout.patches, layout.rowWidth]) { write(batch, &$0) }
            return loaded.model.embed(patches: patches, batch: batch.count, on: &loaded.tape)
        }
    }

    /// The embeddings of captions: unit vectors.
    ///
    /// - Throws: `.badSettings` where it is a picture tower alone.
    public mutating func embed(captions: [String]) throws(Failure) -> [[Float]] {
        guard let tokenizer else {
            throw Failure(
                .badSettings, "cannot search by words", at: folder, because: "it is a picture tower, which reads none",
                try: "search by a picture: --image or --similar-to")
        }
        let tokens = captions.map { tokenizer.encode($0, contextLength: plan.contextLength).ids }
        return inBatches(of: tokens) { batch, loaded in
            loaded.model.embed(
                tokens: batch.flatMap(\.self), segments: Segments(lengths: batch.map(\.count)), on: &loaded.tape)
        }
    }

    /// The embedding of one picture file: a unit vector.
    ///
    /// - Throws: `.missingInput` or `.readWrite` where it cannot be read, `.badData` where it is no picture.
    public mutating func embed(pictureAt path: String) throws(Failure) -> [Float] {
        embed([try preparation.prepare(path)])[0]
    }

    private mutating func inBatches<Item>(
        of items: [Item], _ embed: (ArraySlice<Item>, inout LoadedModel) -> Tensor
    ) -> [[Float]] {
        guard var loaded = loaded.take() else { preconditionFailure("an encoder is a model or a tower") }
        var embeddings: [[Float]] = []
        for start in stride(from: 0, to: items.count, by: Self.batchSize) {
            let batch = items[start..<min(start + Self.batchSize, items.count)]
            loaded.tape.begin(recording: false)
            let embedded = embed(batch, &loaded)  // [batch, embedDim]
            loaded.tape.read(embedded) { floats in
                for row in 0..<batch.count {
                    embeddings.append((row * embedDim..<(row + 1) * embedDim).map { floats[$0] })
                }
            }
        }
        self.loaded = consume loaded
        return embeddings
    }
}

/// `[rows, width]` row by row, each divided by its length; a row of zeros stays.
func unitRows(_ rows: [Float], width: Int) -> [[Float]] {
    stride(from: 0, to: rows.count, by: width).map { start in
        let row = rows[start..<start + width], length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return row.map { length > 0 ? $0 / length : $0 }
    }
}
