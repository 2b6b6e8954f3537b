import Catalogue
public import Failures
import Foundation
import Kernels
import Storage
public import VectorIndex

/// Which files of vectors go into an index, and how.
public struct VectorIndexingSettings: Sendable {
    /// Files, or folders of clip-retrieval.
    public var files: [String]
    /// The folder of the index.
    public var output: String
    /// Their format; told by their names where nil.
    public var format: String?
    /// Whether a vector whose number is in use takes the former one's place.
    public var replaces = false
    /// Whether each vector is divided by its length, so that the inner product is the cosine.
    public var normalizes = true
    /// What is done to the vectors of a new index, and later to queries; nil for nothing.
    public var transform: TransformChoice?
    /// Decides the luck of a transform that draws by lot.
    public var seed: UInt64 = 0
    /// Whether the index is there already; else it must not be.
    public var isAddition = false
    /// How vectors in lists are coded; where nil, as those of the index are, or in the usual way.
    public var codec: CodecChoice?

    /// Puts `files` into `output`.
    public init(files: [String], output: String) { (self.files, self.output) = (files, output) }
}

/// What came of it.
public struct VectorIndexingReport: Sendable, Equatable, Encodable {
    /// Vectors that are new, that took a former one's place, and that are in the index now.
    public var added = 0, replaced = 0, indexed = 0
    /// Numbers of each vector.
    public var dimensions = 0
    /// Vectors that were longer or shorter than one before.
    public var rescaled = 0
    /// What was not read, and the like.
    public var remarks: [String] = []

    /// The report as one line of JSON.
    public var json: String { jsonLine(self) }
}

/// Puts vectors that any program made into an index: all of them, or none.
///
/// - Throws: `.missingInput`, `.badData` where a file is damaged or a number is in use, `.badSettings` where vectors do
///   not fit the index, `.cannotWrite`.
public func indexVectors(
    _ settings: VectorIndexingSettings, tell: (_ done: Int, _ all: Int) -> Void = { _, _ in }
) throws(Failure) -> VectorIndexingReport {
    var tables: [VectorTable] = []
    for path in settings.files { tables.append(try openVectors(path, format: settings.format)) }
    guard let width = tables.first?.embedDim else {
        throw Failure(.badSettings, "cannot index vectors", at: settings.output, because: "no file", try: "give one")
    }
    for table in tables where table.embedDim != width {
        throw Failure(
            .badSettings, "cannot index vectors", at: table.path,
            because: "they have \(table.embedDim) dimensions, those of \(tables[0].path) \(width)",
            try: "give vectors that one model made")
    }
    var indexer = try VectorIndexer(settings, tables)
    tell(0, tables.reduce(0) { $0 + $1.count })
    for table in tables { try indexer.add(table, tell: tell) }
    return try indexer.finish()
}

/// Opens a file of vectors.
///
/// - Throws: `.badSettings` where neither its name nor its content tells what it is.
func openVectors(_ path: String, format name: String? = nil) throws(Failure) -> VectorTable {
    guard FileKind(path) != .missing else { throw .reading(path, ENOENT) }
    guard let format = name.map({ name in vectorFormats.first { $0.name == name } }) ?? vectorFormat(of: path) else {
        throw Failure(
            .badSettings, "cannot read vectors", at: path, because: "its name does not tell what it is",
            try: "say it with --format: \(vectorFormats.map { $0.name }.joined(separator: ", "))")
    }
    return try format.read(path)
}

/// How vectors of some tables become those of an index.
private struct VectorPlan {
    /// Length of the index's vectors.
    let embedDim: Int
    /// Whether they are divided by their lengths.
    let normalizes: Bool
    /// What is done to the tables' rows, and what the index keeps for queries; nil for nothing.
    let applied, stored: FittedTransform?

    init(_ settings: VectorIndexingSettings, _ tables: [VectorTable]) throws(Failure) {
        let output = settings.output, first = tables[0], given = tables.lazy.compactMap(\.transform).first
        let exists = FileKind("\(output)/manifest.json") == .file
        guard exists == settings.isAddition else {
            throw exists
                ? Failure(
                    .badSettings, "cannot make index", at: output, because: "there is one already",
                    try: "add to it with clip-index add, or choose another --output")
                : Failure(
                    .missingInput, "cannot open index", at: output, because: "no index there",
                    try: "build it with clip-index")
        }
        guard tables.allSatisfy({ $0.transform == given }), given == nil || settings.transform == nil else {
            throw Self.strangeTransform(first.path)
        }
        if exists {
            let contents = try IndexContents(output), kept = contents.transform
            guard contents.kind == .vectors else {
                throw Failure(
                    .badSettings, "cannot update index", at: output, because: "it is an index of \(contents.kind)",
                    try: "give \(contents.kind), or choose an index of vectors")
            }
            guard given == nil || given == kept else { throw Self.strangeTransform(first.path) }
            (embedDim, normalizes, stored) = (contents.vectors.embedDim, contents.isNormalized, kept)
            // What was transformed by the same transform already is not transformed again.
            applied = given == nil ? kept : nil
        } else if let choice = settings.transform {
            let fitted = try Self.fit(choice, on: tables, seed: settings.seed)
            (embedDim, normalizes, stored, applied) = (fitted.outputDim, settings.normalizes, fitted, fitted)
        } else {
            (embedDim, normalizes, stored, applied) = (first.embedDim, settings.normalizes, given, nil)
        }
        guard first.embedDim == applied?.inputDim ?? embedDim else {
            throw Failure(
                .badSettings, "cannot index vectors", at: first.path,
                because: "they have \(first.embedDim) dimensions, the index takes \(applied?.inputDim ?? embedDim)",
                try: "give vectors of the model that made the index")
        }
    }

    private static func strangeTransform(_ path: String) -> Failure {
        Failure(
            .badSettings, "cannot index vectors", at: path, because: "they were transformed before they were written",
            try: "leave --transform out, and give them an index of their own")
    }

    private static func fit(
        _ choice: TransformChoice, on tables: [VectorTable], seed: UInt64
    ) throws(Failure) -> FittedTransform {
        // As many rows as a fit can use; every n-th, so that their order does not matter.
        let total = tables.reduce(0) { $0 + $1.count }, step = max(1, total / 200_000)
        let rows = tables.flatMap { table in
            stride(from: 0, to: table.count, by: step).flatMap { table.row($0) }
        }
        var fitting = try FittingRows(rows, embedDim: tables[0].embedDim, named: tables[0].path)
        return try choice.transform(embedDim: tables[0].embedDim, seed: seed).fit(on: &fitting)
    }
}

/// The work of one run: table after table, and one commit.
private struct VectorIndexer: ~Copyable {
    private let settings: VectorIndexingSettings
    private let transform: FittedTransform?
    private let normalizes: Bool
    private let total: Int
    private var update: IndexUpdate
    private var attachments: [String: String]
    private var change = RowChange()
    private var seen: Set<Int64> = []
    private var nextID: Int64
    private var report = VectorIndexingReport()
    private static let block = 1024

    init(_ settings: VectorIndexingSettings, _ tables: [VectorTable]) throws(Failure) {
        let output = settings.output, plan = try VectorPlan(settings, tables)
        let update = try IndexUpdate(
            output, embedDim: plan.embedDim, settings: IndexSettings(codec: settings.codec))
        var attachments = update.manifest.attachments
        if update.manifest.generation == 0, let transform = plan.stored {
            let name = IndexFiles.name("transform", generation: 1, extension: "transform")
            try transform.write(to: "\(output)/\(name)")
            attachments[Attachment.transform] = name
        }
        if !plan.normalizes { attachments[Attachment.lengths] = "kept" }
        nextID = update.manifest.generation == 0 ? 0 : update.nextID
        total = tables.reduce(0) { $0 + $1.count }
        (transform, normalizes, self.attachments) = (plan.applied, plan.normalizes, attachments)
        self.settings = settings
        self.update = update
        report.remarks = tables.flatMap { table in table.remarks.map { "\(table.path): \($0)" } }
    }

    mutating func add(_ table: VectorTable, tell: (Int, Int) -> Void) throws(Failure) {
        for start in stride(from: 0, to: table.count, by: Self.block) {
            let rows = start..<min(start + Self.block, table.count), width = update.manifest.embedDim
            var vectors = rows.flatMap { table.row($0) }
            if let transform { vectors = transform.apply(to: vectors.span, normalized: false) }
            for (place, row) in rows.enumerated() {
                let vector = Array(vectors[place * width..<(place + 1) * width])
                try add(normalizes ? normalized(vector) : vector, row: row, of: table)
            }
            tell(report.added + report.replaced, total)
        }
    }

    private mutating func add(_ vector: [Float], row: Int, of table: VectorTable) throws(Failure) {
        let id = table.ids.map { $0[row] } ?? nextID
        guard vector.allSatisfy(\.isFinite) else {
            throw Failure(
                .badData, "cannot index vectors", at: table.path,
                because: "row \(row), counted from 0, has a number that is not finite", try: "leave such rows out")
        }
        guard seen.insert(id).inserted, settings.replaces || !update.contains(id) else {
            throw Failure(
                .badData, "cannot index vectors", at: table.path, because: "number \(id) is in use already",
                try: "give each vector a number of its own" + (settings.isAddition ? ", or --replace the former" : ""))
        }
        if try update.replace(vector, id: id) { report.replaced += 1 } else { report.added += 1 }
        nextID = max(nextID, id == .max ? id : id + 1)
        let note = table.notes?[row] ?? RowNote()
        if note != RowNote() {
            change.listed.append(RowEntry(id: id, name: note.name, caption: note.caption))
        } else {
            change.removed.append(id)
        }
    }

    private mutating func normalized(_ vector: [Float]) -> [Float] {
        let length = Float(sumOfSquares(vector.span).squareRoot())
        guard length > 0, length.isFinite else { return vector }
        // A vector that was divided before keeps its bits.
        guard abs(length - 1) > 1e-6 else { return vector }
        if abs(length - 1) > 1e-3 { report.rescaled += 1 }
        return vector.map { $0 / length }
    }

    mutating func finish() throws(Failure) -> VectorIndexingReport {
        let former = attachments[Attachment.rows].map { "\(settings.output)/\($0)" }
        if former != nil || !change.listed.isEmpty {
            let generation = update.manifest.generation + 1
            let name = IndexFiles.name("catalogue", generation: generation, extension: "sqlite")
            if former != nil { _ = try IndexSnapshot(settings.output).attachment(Attachment.rows) }
            try change.write(to: "\(settings.output)/\(name)", from: former)
            attachments[Attachment.rows] = name
        }
        try update.commit(attachments: attachments)
        report.indexed = update.count
        report.dimensions = update.manifest.embedDim
        return report
    }
}
