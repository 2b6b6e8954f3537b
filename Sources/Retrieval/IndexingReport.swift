public import Datasets
public import VectorIndex

/// How pictures are indexed.
public struct IndexingSettings: Sendable, Equatable {
    /// Folders, or single files.
    public var pictures: [String]
    /// The folder of the model.
    public var model: String
    /// The folder of the index.
    public var output: String
    /// Threads that decode.
    public var workers: Int
    /// After so many seconds what was embedded is made safe, so that little is lost when the process is killed.
    public var commitSeconds = 60.0
    /// Whether pictures whose files are gone are forgotten.
    public var forgets = true
    /// How embeddings in lists are coded; where nil, as those of the index are, or in the usual way.
    public var codec: CodecChoice?

    /// Indexes `pictures` into `output`.
    public init(pictures: [String], model: String, output: String, workers: Int) {
        self.pictures = pictures
        self.model = model
        self.output = output
        self.workers = workers
    }
}

/// What happens while pictures are indexed.
public enum IndexingEvent: Sendable, Equatable {
    /// The files were listed: so many pictures, of which so many must be read.
    case found(pictures: Int, toRead: Int)
    /// So many of the files that must be read are done.
    case done(Int)
    /// A file that is no picture, or a broken one.
    case skipped(name: String, reason: String)
}

/// What came of it.
public struct IndexingReport: Sendable, Equatable, Encodable {
    /// Picture files below the folders.
    public var found = 0
    /// Pictures in the index now.
    public var indexed = 0
    /// Pictures that were not in the index before.
    public var added = 0
    /// Pictures whose content had changed.
    public var changed = 0
    /// Pictures that lie elsewhere now; their embeddings were kept.
    public var moved = 0
    /// Pictures that were in the index before and are gone.
    public var forgotten = 0
    /// Files that could not be read.
    public var skipped: [Skipped] = []
    /// The model inside the index, where lists were made that know nothing of words: neither the pictures nor the model have
    /// captions.
    public var wordless: String?
    /// The run was asked to stop; the next one goes on.
    public var isInterrupted = false

    /// Nothing yet.
    public init() {}

    /// The report as one line of JSON.
    public var json: String { jsonLine(self) }

    enum CodingKeys: String, CodingKey {
        case found, indexed, added, changed, moved, forgotten, skipped, wordless
        case isInterrupted = "is_interrupted"
    }
}
