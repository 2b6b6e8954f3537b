import Kernels

/// How rows in lists are coded, and in which form a query meets the codes.
///
/// Coded are the differences of rows from their list's mean. A score estimates the product of a row with a query; it decides
/// which rows are compared by their vectors. Lists, routers and the measurement of recall are the same for all codecs.
protocol ListCodec: Sendable {
    /// The word that chooses it.
    static var name: String { get }
    /// What help says of it.
    static var summary: String { get }
    /// How a scan scores its codes.
    static var scoring: CodeScoring { get }
    /// Nanoseconds, about, that a scan takes for a row.
    static var rowCost: Double { get }
    /// What codes of vectors of this length look like.
    static func shape(embedDim: Int) -> CodeShape
    /// How many floats it learns, and how many rows of panels beside them.
    static func counts(embedDim: Int) -> (floats: Int, panels: Int)

    /// Learns from residuals `[n, embedDim]` and queries of every kind, of which the first are like the rows.
    init(embedDim: Int, residuals: [Float], queries: [LearningQueries])
    /// What was learned before.
    init(embedDim: Int, floats: [Float], panels: BytePanels)

    var embedDim: Int { get }
    /// What was learned.
    var floats: [Float] { get }
    var panels: BytePanels { get }
    /// Bytes that it needs for queries.
    var bytesInMemory: Int { get }

    /// The codes of lists one behind the other: of their residuals, `[Σ lengths, embedDim]`.
    func codes(_ residuals: [Float], lengths: [Int]) -> SegmentCodes
    /// Queries `[n, embedDim]` in the forms in which a scan needs them.
    func coded(_ queries: [Float]) -> CodedQueries
}

extension ListCodec {
    var shape: CodeShape { Self.shape(embedDim: embedDim) }
    var panels: BytePanels {
        BytePanels(count: 0, width: QuantizedRows.width(embedDim), bytes: [], scales: [])
    }
}

/// Where each of some lists lies among the rows of all, one behind the other; without lists that are empty.
func listRanges(_ lengths: [Int]) -> [Range<Int>] {
    var end = 0
    return lengths.filter { $0 > 0 }.map { length in
        end += length
        return end - length..<end
    }
}

/// All codecs, the usual one first.
let codecs: [any ListCodec.Type] = [
    WeightedCodec.self, FlatCodec.self, ScalarCodec.self, ProductCodec<2>.self, ProductCodec<4>.self, RaBitQCodec.self,
]

/// How the rows of lists are coded: the name of a codec.
public struct CodecChoice: Sendable, Equatable {
    /// The word that chooses it.
    public let name: String

    /// The codec of that name; nil where there is none.
    public init?(_ name: String) {
        guard codecs.contains(where: { $0.name == name }) else { return nil }
        self.name = name
    }

    private init(_ codec: any ListCodec.Type) { name = codec.name }

    /// All there are, the usual one first.
    public static var all: [CodecChoice] { codecs.map { CodecChoice($0) } }
    /// What is chosen where nothing is said.
    public static var usual: CodecChoice { CodecChoice(codecs[0]) }

    /// The name as files have it: none for the usual one.
    static func stored(_ codec: any ListCodec.Type) -> String? { codec == codecs[0] ? nil : codec.name }
    var stored: String? { Self.stored(type) }

    /// What help says of it.
    public var summary: String { type.summary }
    var type: any ListCodec.Type { codecs.first { $0.name == name } ?? codecs[0] }
}
