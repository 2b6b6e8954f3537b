import Augmentations
import Autodiff
import Catalogue
public import Failures
public import Storage
import Tensors
import Tokenizers
import Towers

/// A model that embeds pictures and captions; nothing else of it is used here.
public struct Encoder: ~Copyable {
    /// Length of every embedding.
    public let embedDim: Int
    /// Tells the model from others.
    public let fingerprint: Fingerprint
    /// What turns a file into the numbers that the model reads; workers have their own copy.
    let preparation: PicturePreparation
    private let tokenizer: any Tokenizer
    private var loaded: LoadedModel
    /// What the picture tower made of pictures while a run learnt from them.
    private let features: FeatureTable?

    /// Pictures or captions that are embedded at once.
    static let batchSize = 32

    /// Opens the model in `folder`: one that clip-train wrote, or Hugging Face's.
    ///
    /// - Throws: `.missingInput` where a file is missing, `.badData` where one is damaged, `.badSettings` where weights,
    ///   settings and tokenizer contradict each other.
    public init(_ folder: String) throws(Failure) {
        let fingerprint = try ModelFolder.fingerprint(folder)
        let tokenizer = try readTokenizer(folder: folder), loaded = try ModelFolder.read(folder)
        let plan = loaded.model.plan
        guard tokenizer.vocabSize <= plan.vocabSize else {
            throw Failure(
                .badSettings, "cannot use model", at: folder,
                because: "the tokenizer has \(tokenizer.vocabSize) tokens, the model \(plan.vocabSize)",
                try: "give a folder whose files belong together")
        }
        self.fingerprint = fingerprint
        embedDim = plan.embedDim
        preparation = PicturePreparation(loaded.settings)
        features = Self.features(beside: folder, loaded)
        self.tokenizer = tokenizer
        self.loaded = loaded
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
        return Self.inBatches(of: pictures, &loaded) { batch, loaded in
            if let rows = try? features?.rows(of: batch.map { FeatureKey($0.fingerprint) }) {
                let input = loaded.tape.input([batch.count, rows.count / batch.count]) {
                    for i in rows.indices { $0[i] = rows[i] }
                }
                return loaded.model.embed(input, of: .image, on: &loaded.tape)
            }
            // [batch · patches, 3 · patchSize²]
            let patches = loaded.tape.input([batch.count * layout.patches, layout.rowWidth]) { rows in
                for (place, picture) in batch.enumerated() {
                    for i in 0..<size { rows[place * size + i] = picture.patches[i] }
                }
            }
            return loaded.model.embed(patches: patches, batch: batch.count, on: &loaded.tape)
        }
    }

    /// The embeddings of captions: unit vectors.
    public mutating func embed(captions: [String]) -> [[Float]] {
        let contextLength = loaded.model.plan.contextLength
        let tokens = captions.map { tokenizer.encode($0, contextLength: contextLength).ids }
        return Self.inBatches(of: tokens, &loaded) { batch, loaded in
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

    private static func inBatches<Item>(
        of items: [Item], _ loaded: inout LoadedModel, _ embed: (ArraySlice<Item>, inout LoadedModel) -> Tensor
    ) -> [[Float]] {
        let embedDim = loaded.model.plan.embedDim
        var embeddings: [[Float]] = []
        for start in stride(from: 0, to: items.count, by: batchSize) {
            let batch = items[start..<min(start + batchSize, items.count)]
            loaded.tape.begin(recording: false)
            let embedded = embed(batch, &loaded)  // [batch, embedDim]
            loaded.tape.read(embedded) { floats in
                for row in 0..<batch.count {
                    embeddings.append((row * embedDim..<(row + 1) * embedDim).map { floats[$0] })
                }
            }
        }
        return embeddings
    }
}
