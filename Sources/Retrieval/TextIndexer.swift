import Catalogue
public import Datasets
public import Failures
import Foundation
import Storage
import Towers
public import VectorIndex

/// How texts are indexed.
public struct TextIndexingSettings: Sendable, Equatable {
    /// Folders, or single files.
    public var texts: [String]
    /// The folder of the model, or of a text tower.
    public var model: String
    /// The folder of the index.
    public var output: String
    /// How texts become passages: that of the index, or the usual one, where nil.
    public var rule: PassageRule?
    /// After so many seconds what was embedded is made safe.
    public var commitSeconds = 60.0
    /// Whether texts whose files are gone are forgotten.
    public var forgets = true
    /// How embeddings in lists are coded; where nil, as those of the index are, or in the usual way.
    public var codec: CodecChoice?

    /// Indexes `texts` into `output`.
    public init(texts: [String], model: String, output: String, rule: PassageRule? = nil) {
        (self.texts, self.model, self.output, self.rule) = (texts, model, output, rule)
    }
}

/// Embeds the passages of all texts below some folders into an index; later runs embed only what is new or changed, and
/// forget what is gone.
///
/// - Throws: `.missingInput` where a folder or the model is missing, `.badData` where there is no text at all,
///   `.badSettings` where the index holds something else, `.cannotWrite` where the output cannot be written.
public func indexTexts(
    _ settings: TextIndexingSettings, isInterrupted: () -> Bool = { false }, tell: (IndexingEvent) -> Void = { _ in }
) throws(Failure) -> IndexingReport {
    var encoder = try TextEncoder(settings.model)
    let files = try TextFiles.below(settings.texts, except: settings.output)
    var indexer = try TextIndexer(settings, encoder, files)
    try indexer.readAll(&encoder, isInterrupted: isInterrupted, tell: tell)
    return try indexer.finish()
}

/// The work of one run: file by file, until the next commit.
struct TextIndexer: ~Copyable {
    private let settings: TextIndexingSettings
    private let model: StoredModel
    private let modelFolder: String
    private let rule: PassageRule
    private let known: [String: TextFileEntry]  // by path
    private let toRead: [FoundFile]
    private var gone: [String: [TextFileEntry]] = [:]  // by content
    private var update: IndexUpdate
    private var change = PassageChange()
    private var report = IndexingReport()
    private var nextID: Int64

    init(_ settings: TextIndexingSettings, _ encoder: borrowing TextEncoder, _ files: [FoundFile]) throws(Failure) {
        let modelFolder = try ModelFolder.prepared(settings.model)
        let update = try IndexUpdate(
            settings.output, embedDim: encoder.embedDim, settings: IndexSettings(codec: settings.codec))
        let model = StoredModel(encoder.fingerprint), attachments = update.manifest.attachments
        guard attachments[Attachment.catalogue] == nil else {
            throw Failure(
                .badSettings, "cannot update index", at: settings.output, because: "it is an index of pictures",
                try: "choose another --output")
        }
        try model.checkSame(as: attachments, of: settings.output, model: settings.model)
        var entries: [TextFileEntry] = [], rule = settings.rule ?? .standard
        try checkNoVectors(attachments, update.manifest.generation, settings.output)
        let exists = update.manifest.generation > 0
        if exists, let path = try IndexSnapshot(settings.output).attachment(Attachment.passages) {
            let former = try PassageCatalogue(path), built = try former.rule()
            guard settings.rule.map({ $0.description == built }) ?? true else {
                throw Failure(
                    .badSettings, "cannot update index", at: settings.output, because: "its passages are \(built)",
                    try: "leave --passages out, or choose another --output")
            }
            rule = PassageRule(built) ?? rule
            entries = try former.files()
        }
        guard !files.isEmpty || !entries.isEmpty else { throw .noTexts(settings, because: "found no .txt or .md file") }
        known = Dictionary(entries.map { ($0.path, $0) }) { first, _ in first }
        let found = Set(files.map(\.path))
        for entry in entries where !found.contains(entry.path) && PictureFiles.file(entry.path) == nil {
            gone[entry.fingerprint, default: []].append(entry)
        }
        let listed = known
        toRead = files.filter { file in
            listed[file.path].map { $0.size != file.size || $0.modified != file.modified } ?? true
        }
        nextID = update.nextID
        (self.settings, self.model, self.rule) = (settings, model, rule)
        self.update = update
        self.modelFolder = modelFolder
        report.found = files.count
    }

    /// Reads, embeds and commits, until all is done or somebody asks to stop.
    mutating func readAll(
        _ encoder: inout TextEncoder, isInterrupted: () -> Bool, tell: (IndexingEvent) -> Void
    ) throws(Failure) {
        tell(.found(pictures: report.found, toRead: toRead.count))
        var lastCommit = ContinuousClock.now
        for (done, file) in toRead.enumerated() {
            do throws(Failure) {
                try take(file, try TextFiles.read(file.path), &encoder)
            } catch {
                guard error.kind != .cannotWrite else { throw error }
                report.skipped.append(Skipped(name: file.path, reason: error.why))
                tell(.skipped(name: file.path, reason: error.why))
                if let entry = known[file.path] { forget(entry) }
            }
            tell(.done(done + 1))
            report.isInterrupted = done + 1 < toRead.count && isInterrupted()
            if report.isInterrupted { return }
            if ContinuousClock.now - lastCommit > .seconds(settings.commitSeconds) && done + 1 < toRead.count {
                try commit()
                lastCommit = .now
            }
        }
    }

    /// The last commit; then, what came of it.
    mutating func finish() throws(Failure) -> IndexingReport {
        if !report.isInterrupted && settings.forgets { for entry in gone.values.flatMap(\.self) { forget(entry) } }
        try commit()
        report.indexed = update.count
        guard update.manifest.generation > 0 else {
            throw .noTexts(settings, because: "none of \(report.found) files can be read, or all are empty")
        }
        try writeSkipped(report.skipped, to: settings.output)
        return report
    }

    private mutating func take(
        _ file: FoundFile, _ read: (text: String, fingerprint: String), _ encoder: inout TextEncoder
    ) throws(Failure) {
        let former = known[file.path]
        if former?.fingerprint == read.fingerprint { return touch(file.path, as: file, read.fingerprint) }
        if former == nil, var same = gone[read.fingerprint], let moved = same.popLast() {
            gone[read.fingerprint] = same.isEmpty ? nil : same
            report.moved += 1
            return touch(moved.path, as: file, read.fingerprint)
        }
        if let former {
            for passage in former.passages { update.remove(passage.id) }
            report.changed += 1
        } else {
            report.added += 1
        }
        let passages = rule.passages(of: read.text)
        var entry = TextFileEntry(
            path: file.path, size: file.size, modified: file.modified, fingerprint: read.fingerprint, passages: [])
        for (passage, embedding) in zip(passages, try encoder.embed(passages.map(\.text))) {
            try update.append(embedding, id: nextID)
            entry.passages.append(PassageEntry(id: nextID, line: passage.line, text: passage.text))
            nextID += 1
        }
        change.listed.append(entry)
    }

    private mutating func touch(_ former: String, as file: FoundFile, _ fingerprint: String) {
        let entry = TextFileEntry(
            path: file.path, size: file.size, modified: file.modified, fingerprint: fingerprint, passages: [])
        change.touched.append((former, entry))
    }

    private mutating func forget(_ entry: TextFileEntry) {
        for passage in entry.passages { update.remove(passage.id) }
        change.removed.append(entry.path)
        report.forgotten += 1
    }

    private mutating func commit() throws(Failure) {
        guard !change.isEmpty else { return }
        try model.copy(from: modelFolder, into: settings.output)
        let generation = update.manifest.generation + 1
        let catalogue = IndexFiles.name("catalogue", generation: generation, extension: "sqlite")
        let former = update.manifest.attachments[Attachment.passages].map { "\(settings.output)/\($0)" }
        try change.write(to: "\(settings.output)/\(catalogue)", from: former, rule: rule.description)
        try update.commit(attachments: [Attachment.passages: catalogue, Attachment.model: model.name])
        change = PassageChange()
    }
}

extension Failure {
    fileprivate static func noTexts(_ settings: TextIndexingSettings, because why: String) -> Failure {
        Failure(
            .badData, "cannot index texts", at: settings.texts.joined(separator: ", "), because: why,
            try: "give a folder with texts, or a file")
    }
}
