import Catalogue
import Datasets
public import Failures
import Foundation
import Storage
import VectorIndex

/// Embeds every picture below some folders into an index; later runs embed only what is new or changed, and forget what
/// is gone.
///
/// What a run changes becomes visible at commits, about one a minute: whoever kills the process loses the last minute.
///
/// - Throws: `.missingInput` where a folder or the model is missing, `.badData` where there is no picture at all,
///   `.badSettings` where the index holds another model's embeddings, `.cannotWrite` where the output cannot be
///   written.
public func indexPictures(
    _ settings: IndexingSettings, isInterrupted: () -> Bool = { false }, tell: (IndexingEvent) -> Void = { _ in }
) throws(Failure) -> IndexingReport {
    var encoder = try Encoder(settings.model)
    let files = try PictureFiles.below(settings.pictures, except: settings.output)
    var indexer = try PictureIndexer(settings, &encoder, files)
    try indexer.readAll(&encoder, isInterrupted: isInterrupted, tell: tell)
    return try indexer.finish(&encoder)
}

/// The work of one run: files go in, in their order; embeddings and entries collect until the next commit.
struct PictureIndexer: ~Copyable {
    private let settings: IndexingSettings
    private let model: StoredModel
    private let captions: KnownCaptions
    private let byContent: [String: CatalogueEntry]  // what was listed when the run began
    private var former: IndexSnapshot?  // its embeddings
    private var update: IndexUpdate
    private var plan: IndexingPlan
    private var change = CatalogueChange()
    private var report = IndexingReport()
    private var nextID: Int64

    init(_ settings: IndexingSettings, _ encoder: inout Encoder, _ files: [FoundFile]) throws(Failure) {
        let update = try IndexUpdate(
            settings.output, embedDim: encoder.embedDim, settings: IndexSettings(codec: settings.codec))
        let model = StoredModel(encoder.fingerprint), attachments = update.manifest.attachments
        guard attachments[Attachment.passages] == nil else {
            throw Failure(
                .badSettings, "cannot update index", at: settings.output, because: "it is an index of texts",
                try: "choose another --output")
        }
        try model.checkSame(as: attachments, of: settings.output, model: settings.model)
        var entries: [CatalogueEntry] = [], former: IndexSnapshot?
        try checkNoVectors(attachments, update.manifest.generation, settings.output)
        if attachments[Attachment.catalogue] != nil {
            let snapshot = try IndexSnapshot(settings.output)
            if let catalogue = try snapshot.attachment(Attachment.catalogue) {
                entries = try PictureCatalogue(catalogue).entries()
            }
            former = snapshot
        }
        guard !files.isEmpty || !entries.isEmpty else {
            throw .noPictures(settings, because: "found no picture")
        }
        captions = KnownCaptions(in: settings.pictures)
        plan = IndexingPlan(files: files, entries: entries, captions: captions)
        byContent = Dictionary(entries.map { ($0.fingerprint, $0) }) { first, _ in first }
        nextID = update.nextID
        self.settings = settings
        self.model = model
        self.former = former
        self.update = update
        report.found = files.count
    }

    /// Reads, embeds and commits, until all is done or somebody asks to stop.
    mutating func readAll(
        _ encoder: inout Encoder, isInterrupted: () -> Bool, tell: (IndexingEvent) -> Void
    ) throws(Failure) {
        let files = plan.toRead
        tell(.found(pictures: report.found, toRead: files.count))
        let reader = PictureReader(
            files, encoder.preparation, known: Set(byContent.keys), workers: settings.workers)
        var done = 0, lastCommit = ContinuousClock.now
        while let batch = reader.next() {
            try take(files[done..<done + batch.count], batch, &encoder)
            for case .skipped(let skipped) in batch { tell(.skipped(name: skipped.name, reason: skipped.reason)) }
            done += batch.count
            tell(.done(done))
            report.isInterrupted = done < files.count && isInterrupted()
            if report.isInterrupted { return }
            if ContinuousClock.now - lastCommit > .seconds(settings.commitSeconds) && done < files.count {
                try commit(&encoder)
                lastCommit = .now
            }
        }
    }

    /// The last commit; then, what came of it.
    mutating func finish(_ encoder: inout Encoder) throws(Failure) -> IndexingReport {
        change.listed += plan.recaptioned
        if !report.isInterrupted && settings.forgets {
            for entry in plan.forgotten { forget(entry) }
            report.forgotten += plan.forgotten.count
        }
        try commit(&encoder)
        report.indexed = update.count
        guard update.manifest.generation > 0 else {
            throw .noPictures(settings, because: "none of \(report.skipped.count) files can be read")
        }
        try writeSkipped(report.skipped, to: settings.output)
        return report
    }

    private mutating func take(
        _ files: ArraySlice<FoundFile>, _ batch: [ReadPicture], _ encoder: inout Encoder
    ) throws(Failure) {
        let prepared = batch.compactMap { if case .prepared(let picture) = $0 { picture } else { nil } }
        var embeddings = encoder.embed(prepared).makeIterator()
        for (file, read) in zip(files, batch) {
            switch read {
            case .prepared(let picture):
                guard let embedding = embeddings.next() else { preconditionFailure("an embedding for each picture") }
                try add(
                    file, fingerprint: picture.fingerprint, hash: picture.perceptualHash, height: picture.height,
                    width: picture.width, embedding)
            case .known(let fingerprint): try addKnown(file, fingerprint)
            case .skipped(let skipped):
                report.skipped.append(skipped)
                if let entry = plan.known[file.path] {
                    forget(entry)
                    report.forgotten += 1
                }
            }
        }
    }

    /// A content that the index has an embedding of: the same file touched, a file that moved, or a copy.
    private mutating func addKnown(_ file: FoundFile, _ fingerprint: String) throws(Failure) {
        guard let twin = byContent[fingerprint] else { preconditionFailure("\(fingerprint) is not listed") }
        if let entry = plan.known[file.path], entry.fingerprint == fingerprint {
            list(entry, as: file)
        } else if let entry = plan.known[file.path] == nil ? plan.takeGone(fingerprint) : nil {
            list(entry, as: file)
            report.moved += 1
        } else {
            let found = try former?.embedding(of: twin.id)
            guard let embedding = found ?? nil else {
                throw Failure(
                    .badData, "cannot update index", at: settings.output,
                    because: "the catalogue lists picture \(twin.id), which has no embedding",
                    try: "delete the index and build it again")
            }
            try add(
                file, fingerprint: fingerprint, hash: twin.perceptualHash, height: twin.height, width: twin.width,
                embedding)
        }
    }

    private mutating func add(
        _ file: FoundFile, fingerprint: String, hash: UInt64, height: Int, width: Int, _ embedding: [Float]
    ) throws(Failure) {
        if let entry = plan.known[file.path] {
            forget(entry)
            report.changed += 1
        } else {
            report.added += 1
        }
        let entry = CatalogueEntry(
            id: nextID, path: file.path, size: file.size, modified: file.modified, fingerprint: fingerprint,
            perceptualHash: hash, height: height, width: width, captions: captions[file.path])
        try update.append(embedding, id: nextID)
        change.listed.append(entry)
        nextID += 1
    }

    private mutating func list(_ entry: CatalogueEntry, as file: FoundFile) {
        change.listed.append(
            CatalogueEntry(
                id: entry.id, path: file.path, size: file.size, modified: file.modified,
                fingerprint: entry.fingerprint, perceptualHash: entry.perceptualHash, height: entry.height,
                width: entry.width, captions: captions[file.path]))
    }

    private mutating func forget(_ entry: CatalogueEntry) {
        update.remove(entry.id)
        change.removed.append(entry.id)
    }

    private mutating func commit(_ encoder: inout Encoder) throws(Failure) {
        guard !change.listed.isEmpty || !change.removed.isEmpty else { return }
        if update.makesLists {
            let words = try encoder.queries(of: captions.all)
            update.train(on: [.words: words])
            if encoder.readsWords && words.isEmpty { report.wordless = "\(settings.output)/\(model.name)" }
        }
        try model.copy(from: settings.model, into: settings.output)
        let generation = update.manifest.generation + 1
        let catalogue = IndexFiles.name("catalogue", generation: generation, extension: "sqlite")
        let former = update.manifest.attachments[Attachment.catalogue].map { "\(settings.output)/\($0)" }
        try change.write(to: "\(settings.output)/\(catalogue)", from: former)
        try update.commit(attachments: [Attachment.catalogue: catalogue, Attachment.model: model.name])
        change = CatalogueChange()
    }
}

/// Fails where an index was made of vectors that came without pictures or texts.
func checkNoVectors(_ attachments: [String: String], _ generation: Int, _ index: String) throws(Failure) {
    guard generation > 0, attachments[Attachment.model] == nil else { return }
    throw Failure(
        .badSettings, "cannot update index", at: index, because: "it is an index of vectors without a model",
        try: "choose another --output, or give clip-index add a file of vectors")
}

/// Lists what could not be indexed in the index's `skipped.jsonl`.
func writeSkipped(_ skipped: [Skipped], to index: String) throws(Failure) {
    try AtomicFile.write(skipped.map { jsonLine($0) + "\n" }.joined(), to: "\(index)/skipped.jsonl")
}

extension Failure {
    fileprivate static func noPictures(_ settings: IndexingSettings, because why: String) -> Failure {
        Failure(
            .badData, "cannot index pictures", at: settings.pictures.joined(separator: ", "), because: why,
            try: "give a folder with pictures")
    }
}
