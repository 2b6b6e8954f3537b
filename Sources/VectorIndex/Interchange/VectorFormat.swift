public import Failures
import Storage

/// What other programs know of an embedding beside its number.
public struct RowNote: Sendable, Equatable {
    /// What it is of: a path, a title, a key of another database.
    public var name: String?
    /// What is said of it.
    public var caption: String?

    /// A note.
    public init(name: String? = nil, caption: String? = nil) { (self.name, self.caption) = (name, caption) }
}

/// Vectors in a file of another program, opened: every size was checked, rows are decoded when they are asked for.
public struct VectorTable: Sendable {
    /// The file or folder, as the user wrote it.
    public let path: String
    /// Rows, and the length of each.
    public let count, embedDim: Int
    /// The rows' numbers; nil where they are numbered by their order, from 0.
    public var ids: [Int64]?
    /// What is said of the rows; nil where nothing is.
    public var notes: [RowNote]?
    /// What was done to the vectors before they were stored, and is to be done to queries; nil for nothing.
    public var transform: FittedTransform?
    /// What a person should know of what was, or was not, read.
    public var remarks: [String] = []
    private let decode: @Sendable (Int) -> [Float]

    init(_ path: String, count: Int, embedDim: Int, decode: @escaping @Sendable (Int) -> [Float]) {
        (self.path, self.count, self.embedDim, self.decode) = (path, count, embedDim, decode)
    }

    /// One row.
    public func row(_ number: Int) -> [Float] {
        precondition(number >= 0 && number < count, "row \(number) of \(count)")
        return decode(number)
    }
}

/// An index on its way into a file of another program.
public struct VectorExport: Sendable {
    /// The embeddings.
    public var snapshot: IndexSnapshot
    /// What is known of each, by its number.
    public var notes: [Int64: RowNote]
    /// Whether the embeddings are of texts; pictures, or whatever they are, otherwise.
    public var isOfTexts: Bool

    /// All embeddings of an index, and what is known of them.
    public init(_ snapshot: IndexSnapshot, notes: [Int64: RowNote] = [:], isOfTexts: Bool = false) {
        (self.snapshot, self.notes, self.isOfTexts) = (snapshot, notes, isOfTexts)
    }
}

/// A way in which other programs keep vectors.
public protocol VectorFormat: Sendable {
    /// The word after `--format`.
    static var name: String { get }
    /// One line for the help.
    static var summary: String { get }
    /// How files of it are named, such as `.npy`; a folder's format is told by what is inside.
    static var endings: [String] { get }
    /// Whether a file or folder is to be read so.
    static func recognizes(_ path: String) -> Bool
    /// Opens a file.
    ///
    /// - Throws: `.missingInput`, or `.badData` where its sizes contradict each other or a part cannot be read here.
    static func read(_ path: String) throws(Failure) -> VectorTable
    /// Writes an index: whole, or not at all.
    ///
    /// - Throws: `.cannotWrite`, or `.badData` where the index is damaged.
    static func write(_ export: VectorExport, to path: String) throws(Failure)
}

extension VectorFormat {
    /// By the ending of the name.
    public static func recognizes(_ path: String) -> Bool {
        endings.contains { path.lowercased().hasSuffix($0) } && FileKind(path) != .folder
    }
}

/// Every format that `clip-index import` and `export` know. Of two with the same ending, the first one is meant.
public let vectorFormats: [any VectorFormat.Type] = [
    FAISSFormat.self, FAISSHalfFormat.self, NumPyFormat.self, FVecsFormat.self, JSONLinesFormat.self,
    ClipRetrievalFormat.self,
]

/// The format of a file that is there, or that will have this name; nil where no ending or content tells.
public func vectorFormat(of path: String) -> (any VectorFormat.Type)? { vectorFormats.first { $0.recognizes(path) } }

extension Failure {
    /// A file of vectors whose content cannot be read.
    static func badVectors(_ path: String, _ why: String, try remedy: String = "write the file again") -> Failure {
        Failure(.badData, "cannot read vectors", at: path, because: why, try: remedy)
    }
}
