public import Failures

/// Reads one format: files → samples. Opening makes an index of paths and captions; pixels stay on the disk.
public protocol DatasetReader: Sendable {
    /// What a person calls the format.
    static var name: String { get }
    /// What must lie at a path for this reader to take it, for the failure when no reader does.
    static var looksLike: String { get }
    /// Whether this reader takes the file or folder at `path`; looks at names and a few bytes only.
    static func recognizes(_ path: String) -> Bool
    /// Makes the index.
    init(_ path: String, _ settings: ReaderSettings) throws(Failure)
    /// The number of samples.
    var count: Int { get }
    /// One sample, by its place in the data set.
    func sample(at index: Int) throws(Failure) -> Sample
    /// What was left out at opening.
    var skipped: [Skipped] { get }
    /// Which part of the data was taken for what: `tab-separated, filepath → picture, title → caption`.
    var columns: String? { get }
    /// Training and validation, where the data itself tells them apart.
    var partition: Partition? { get }
}

extension DatasetReader {
    /// Most formats do not tell training and validation apart.
    public var partition: Partition? { nil }
}

/// Indices of samples for training and for validation.
public struct Partition: Sendable, Equatable {
    /// Samples to learn from.
    public var training: [Int]
    /// Samples that are never learnt from.
    public var validation: [Int]
    /// What decided: `validation.txt`.
    public var source: String

    /// Indices of samples for training and for validation.
    public init(training: [Int], validation: [Int], source: String) {
        self.training = training
        self.validation = validation
        self.source = source
    }
}

/// How to read, where looking at the data is not enough. The names of the first three are open_clip's.
public struct ReaderSettings: Sendable, Equatable {
    /// One character between the fields of a table; guessed where nil.
    public var csvSeparator: String?
    /// The column, or JSON key, with the picture's path; guessed where nil.
    public var csvImageKey: String?
    /// The column, or JSON key, with the caption; guessed where nil.
    public var csvCaptionKey: String?
    /// Captions for data that has classes only; `{}` stands for the class.
    public var templates = ["a picture of a {}", "a photo of a {}", "an image of a {}"]

    /// Whether pictures without captions are of use.
    public var allowsBarePictures = false

    /// Everything guessed.
    public init() {}

    /// The readers to be asked, in order.
    var readers: [any DatasetReader.Type] {
        Datasets.readers + (allowsBarePictures ? [PictureFolder.self] : [])
    }
}

/// Every reader of pictures with captions, in the order in which they are asked.
public let readers: [any DatasetReader.Type] = [
    CaptionTable.self, ImageFolder.self, JSONLines.self, COCOCaptions.self, TarShards.self, IDX.self,
    SidecarFolder.self, ClassFolders.self,
]
