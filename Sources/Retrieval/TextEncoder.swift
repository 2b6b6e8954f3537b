import Augmentations
public import Failures
public import Storage
import Tensors
import Tokenizers
import Towers

/// What embeds texts: the text tower of a model, or a text tower alone, such as a sentence encoder.
public struct TextEncoder: ~Copyable {
    /// A tower alone, and what it reads.
    private struct Tower: ~Copyable {
        var features: LockedTower
        let tokenizer: any Tokenizer
        let contextLength: Int

        init(_ folder: String) throws(Failure) {
            var choices = TowerChoices(embedDim: 1)
            choices.textTower = folder
            // The picture tower beside it is described and never made.
            let towers = try DualEncoder(
                choices, else: ModelConfiguration(named: ModelConfiguration.presetNames[0]), startToken: nil,
                endToken: nil)
            let tokenizer = try readTokenizer(folder: folder)
            guard tokenizer.vocabSize <= towers.plan.vocabSize else {
                throw Failure(
                    .badSettings, "cannot use tower", at: folder,
                    because: "its tokenizer has \(tokenizer.vocabSize) tokens, its weights \(towers.plan.vocabSize)",
                    try: "give a folder whose files belong together")
            }
            let longest = try SentenceTransformers.longest(of: folder) ?? towers.plan.contextLength
            let preprocessing = Preprocessing(side: towers.plan.imageSize)
            features = try LockedTower(.text, of: towers, preprocessing, from: folder)
            (self.tokenizer, contextLength) = (tokenizer, min(longest, towers.plan.contextLength))
        }

        mutating func embed(_ texts: ArraySlice<String>) -> [[Float]] {
            let tokens = texts.map { tokenizer.encode($0, contextLength: contextLength).ids }
            let rows = features.features(
                tokens: tokens.flatMap { $0 }, segments: Segments(lengths: tokens.map(\.count)))
            return unitRows(rows, width: features.featureWidth)
        }
    }

    /// Length of every embedding.
    public let embedDim: Int
    /// Tells the encoder from others.
    public let fingerprint: Fingerprint
    private var model: Encoder?
    private var tower: Tower?

    /// Texts that are embedded at once.
    static let batchSize = 64

    /// Opens what lies in `folder`: a run of clip-train, a CLIP, or a text tower as transformers and sentence-transformers
    /// write it.
    ///
    /// - Throws: `.missingInput` where a file is missing, `.badData` where one is damaged, `.badSettings` where the folder
    ///   holds nothing that reads text.
    public init(_ folder: String) throws(Failure) {
        if ModelFolder.isTower(folder) {
            let path = try ModelFolder.prepared(folder), tower = try Tower(path)
            fingerprint = try ModelFolder.fingerprint(path)
            embedDim = tower.features.featureWidth
            self.tower = consume tower
        } else {
            let model = try Encoder(folder)
            (embedDim, fingerprint) = (model.embedDim, model.fingerprint)
            self.model = consume model
        }
    }

    /// The embeddings of texts: unit vectors.
    ///
    /// - Throws: nothing but what `Encoder.embed` says of picture towers alone, which no text encoder is.
    public mutating func embed(_ texts: [String]) throws(Failure) -> [[Float]] {
        if var model = model.take() {
            let embeddings = try model.embed(captions: texts)
            self.model = consume model
            return embeddings
        }
        guard var tower = tower.take() else { preconditionFailure("an encoder is a model or a tower") }
        var embeddings: [[Float]] = []
        for start in stride(from: 0, to: texts.count, by: Self.batchSize) {
            embeddings += tower.embed(texts[start..<min(start + Self.batchSize, texts.count)])
        }
        self.tower = consume tower
        return embeddings
    }
}
