public import Failures
import Foundation
import Storage

/// Settings of an index's layout.
public struct IndexSettings: Sendable, Equatable {
    /// Segments with fewer embeddings than this are searched row by row, exactly.
    public var exactBelow = 20_000
    /// How rows in lists are coded; where nil, as those of the index are, or in the usual way.
    public var codec: CodecChoice?
    /// Inverted lists that are made; about six times the root of the number of embeddings where nil.
    public var nlist: Int?
    /// Lists lie in groups where they are more than this.
    var mostUngrouped = ListGroups.mostUngrouped

    /// The usual settings, with some way of coding rows.
    public init(codec: CodecChoice? = nil) { self.codec = codec }
}

/// Changes to an index, all of which happen at a commit or not at all.
///
/// Whoever opened the index before keeps what was opened; a process that is killed leaves the former generation. One
/// process at a time may hold an update of the same folder. An update that ends before its first commit leaves nothing
/// behind.
public struct IndexUpdate: ~Copyable {
    /// Where an embedding lies: a row of a segment, or of those that wait for the next commit.
    private struct Place {
        var segment: Int32, row: Int
        static let fresh: Int32 = -1
    }

    /// A segment, and which of its rows are removed.
    private struct Part {
        let segment: IndexSegment
        var entry: IndexManifest.Segment
        var removed: RowSet
        var isChanged = false  // since the last commit
        var live: Int { segment.count - removed.memberCount }
    }

    /// The index's folder.
    public let folder: String
    private let settings: IndexSettings
    private let lock: FileLock
    private let madeFolder: Bool
    private var parts: [Part]
    private var fresh: EmbeddingRows  // appended since the last commit
    private var freshRemoved: Set<Int> = []  // rows of `fresh` that were removed again
    private var model: ListModel?
    private var queries: [QueryKind: [Float]] = [:]
    private var places: [Int64: Place] = [:]
    private var largestID: Int64 = 0
    /// What the last commit wrote.
    public private(set) var manifest: IndexManifest

    /// Begins an update of the index in `folder`, which is made if it does not exist.
    ///
    /// - Throws: `.cannotWrite` where the folder cannot be written, holds other files or is being updated by another
    ///   process; `.badSettings` where the index holds embeddings of another length; `.badData` where it is damaged.
    public init(_ folder: String, embedDim: Int, settings: IndexSettings = IndexSettings()) throws(Failure) {
        let files = IndexFiles(folder)
        let former = files.isIndex ? try IndexManifest.read(folder) : nil
        if former == nil { try files.checkNoForeignFiles() }
        guard former?.embedDim ?? embedDim == embedDim else {
            throw Failure(
                .badSettings, "cannot update index", at: folder,
                because: "it holds embeddings of length \(former?.embedDim ?? 0), the new ones have \(embedDim)",
                try: "use the model that made the index, or choose another output")
        }
        let exists = FileManager.default.fileExists(atPath: folder)
        try AtomicFile.makeFolder(folder)
        let lock = try FileLock("\(folder)/\(IndexFiles.lockName)")
        // Read again, now that nobody else can change it.
        var manifest = files.isIndex ? try IndexManifest.read(folder) : IndexManifest(embedDim: embedDim)
        if let codec = settings.codec, codec != manifest.codecChoice {
            guard manifest.lists == nil else {
                throw Failure(
                    .badSettings, "cannot update index", at: folder,
                    because: "its rows are coded as \(manifest.codecChoice.name), not as \(codec.name)",
                    try: "leave the codec out, or choose another output")
            }
            manifest.codec = codec.stored
        }
        let model = try ListModel.read(manifest, in: folder)
        var parts: [Part] = []
        for entry in manifest.segments {
            let segment = try IndexSegment(
                entry, in: folder, embedDim: embedDim, lists: manifest.lists, codec: manifest.codecChoice)
            let removed = try RemovedRows.read(entry.removed, of: entry.count, in: folder)
            parts.append(Part(segment: segment, entry: entry, removed: removed))
        }
        self.folder = folder
        self.settings = settings
        self.lock = lock
        self.manifest = manifest
        self.parts = parts
        self.model = model
        madeFolder = !exists
        fresh = EmbeddingRows(embedDim: embedDim)
        places.reserveCapacity(manifest.count)
        for part in parts.indices { locate(part) }
    }

    deinit {
        let files = IndexFiles(folder)
        if manifest.generation > 0 { files.deleteAll(except: manifest) } else { files.deleteAll(andFolder: madeFolder) }
    }

    /// Notes where the embeddings of a segment lie.
    private mutating func locate(_ part: Int) {
        let ids = parts[part].segment.ids
        for row in ids.indices where !parts[part].removed[row] {
            places[ids[row]] = Place(segment: Int32(part), row: row)
        }
        largestID = max(largestID, ids.max() ?? 0)
    }

    /// The ids of all embeddings in the index, committed or not, in no order.
    public var ids: some Collection<Int64> { places.keys }

    /// Embeddings in the index, committed or not.
    public var count: Int { places.count }

    /// Whether an embedding is stored under `id`, committed or not.
    public func contains(_ id: Int64) -> Bool { places[id] != nil }

    /// An id that is larger than all that are, or lately were, in use.
    public var nextID: Int64 { largestID + 1 }

    /// The largest number in half precision.
    private static let largest: Float = 65_504

    /// Gives queries `[n, embedDim]` of some kinds to learn from, should the next commit make lists: at least 100 of a kind,
    /// and 3,500 are enough. Without any of `QueryKind.pictures`, embeddings of the index stand for them.
    public mutating func train(on queries: [QueryKind: [Float]]) {
        let embedDim = manifest.embedDim
        precondition(queries.values.allSatisfy { $0.count % embedDim == 0 }, "queries are no rows of \(embedDim)")
        self.queries = queries.mapValues { rows in
            // A query that is not finite teaches nothing.
            stride(from: 0, to: rows.count, by: embedDim).filter { start in
                rows[start..<start + embedDim].allSatisfy(\.isFinite)
            }.flatMap { rows[$0..<$0 + embedDim] }
        }
    }

    /// Whether the next commit makes lists, and could learn from queries.
    public var makesLists: Bool { makesLists(absorbing: absorbed()) }

    /// Adds an embedding under an id that is not in use.
    ///
    /// - Throws: `.badData` where a float is not finite or beyond ±65,504: nothing could be compared with it.
    public mutating func append(_ embedding: [Float], id: Int64) throws(Failure) {
        precondition(embedding.count == manifest.embedDim, "\(embedding.count) floats, expected \(manifest.embedDim)")
        precondition(places[id] == nil, "id \(id) is in use")
        guard embedding.allSatisfy({ abs($0) <= Self.largest }) else {
            let why =
                embedding.allSatisfy(\.isFinite)
                ? "number \(id) has a component beyond \(Int(Self.largest))" : "number \(id) is not finite everywhere"
            throw Failure(
                .badData, "cannot store embedding", at: folder, because: why,
                try: "train the model again, or leave such vectors out")
        }
        places[id] = Place(segment: Place.fresh, row: fresh.count)
        largestID = max(largestID, id)
        fresh.ids.append(id)
        fresh.floats += embedding
    }

    /// Removes the embedding stored under `id`, which must be in the index.
    public mutating func remove(_ id: Int64) {
        guard let place = places.removeValue(forKey: id) else { preconditionFailure("id \(id) is not in the index") }
        if place.segment == Place.fresh {
            freshRemoved.insert(place.row)
        } else {
            let part = Int(place.segment)
            parts[part].removed.insert(place.row, of: parts[part].segment.count)
            parts[part].isChanged = true
        }
    }

    /// Puts an embedding in the place of the one stored under `id`, or adds it where there is none. Returns whether
    /// there was one.
    ///
    /// - Throws: `.badData` where a float is not finite; then the former embedding stays.
    @discardableResult public mutating func replace(_ embedding: [Float], id: Int64) throws(Failure) -> Bool {
        let former = places.removeValue(forKey: id)
        do throws(Failure) { try append(embedding, id: id) } catch {
            places[id] = former
            throw error
        }
        guard let former else { return false }
        let new = places[id]
        places[id] = former
        remove(id)
        places[id] = new
        return true
    }

    /// Makes the changes since the last commit visible, together with `attachments`, which replace the former ones.
    ///
    /// - Throws: `.cannotWrite`, and then the index is as it was after the last commit.
    public mutating func commit(attachments: [String: String]) throws(Failure) {
        try commit(attachments: attachments, absorbing: absorbed())
    }

    /// Writes all embeddings into one segment, without what was removed, and makes its lists anew. What changed since
    /// the last commit becomes visible as well.
    ///
    /// - Throws: `.cannotWrite`, and then the index is as it was after the last commit.
    public mutating func optimize() throws(Failure) {
        try commit(attachments: manifest.attachments, absorbing: Set(parts.indices), isOptimizing: true)
    }

    private mutating func commit(
        attachments: [String: String], absorbing absorbed: Set<Int>, isOptimizing: Bool = false
    ) throws(Failure) {
        var next = manifest
        next.generation += 1
        let makesNew = isOptimizing || makesLists(absorbing: absorbed)
        next.attachments = attachments
        next.attachmentChecksums = try IndexFiles(folder).checksums(of: attachments, former: manifest)
        var kept = parts.indices.filter { !absorbed.contains($0) }.map { parts[$0] }
        for place in kept.indices where kept[place].isChanged {
            let count = kept[place].segment.count
            let name = IndexFiles.name("removed", generation: next.generation, extension: "\(place).rows")
            kept[place].entry.removed = try RemovedRows.write(kept[place].removed, of: count, to: name, in: folder)
            kept[place].isChanged = false
        }
        let rows = try merged(absorbed)
        var model = model
        if kept.isEmpty && (makesNew || rows.count < settings.exactBelow) { (model, next.lists) = (nil, nil) }
        if rows.count > 0 {
            let entry = try write(rows, &next, &model)
            let segment = try IndexSegment(
                entry, in: folder, embedDim: next.embedDim, lists: next.lists, codec: next.codecChoice)
            kept.append(Part(segment: segment, entry: entry, removed: RowSet()))
        }
        next.segments = kept.map(\.entry)
        try next.write(to: folder)
        let firstAbsorbed = absorbed.min() ?? parts.count
        manifest = next
        self.model = model
        parts = kept
        fresh = EmbeddingRows(embedDim: next.embedDim)
        freshRemoved = []
        for part in min(firstAbsorbed, parts.count)..<parts.count { locate(part) }
        IndexFiles(folder).deleteAll(except: manifest)
    }

    /// The segments whose rows go into the next one: those that are mostly removed, or at most twice as long as what
    /// follows them. So a row is rewritten O(log n) times.
    private func absorbed() -> Set<Int> {
        var absorbed: Set<Int> = [], count = fresh.count - freshRemoved.count
        for (place, part) in parts.enumerated().reversed()
        where part.live <= 2 * count || 2 * part.live < part.segment.count {
            absorbed.insert(place)
            count += part.live
        }
        return absorbed
    }

    /// The rows of some segments that are still in the index, and the fresh ones.
    private func merged(_ absorbed: Set<Int>) throws(Failure) -> EmbeddingRows {
        var rows = EmbeddingRows(embedDim: manifest.embedDim)
        let count = absorbed.reduce(fresh.count) { $0 + parts[$1].live }
        rows.floats.reserveCapacity(count * manifest.embedDim)
        for part in parts.enumerated().filter({ absorbed.contains($0.offset) }).map(\.element) {
            let segment = part.segment
            for block in 0..<segment.layout.blockCount { try segment.check(block: block) }
            for run in part.removed.runs(outOf: segment.count) {
                rows.ids += segment.ids[run]
                rows.floats += segment.vectors(run)
            }
        }
        for row in 0..<fresh.count where !freshRemoved.contains(row) {
            rows.ids.append(fresh.ids[row])
            rows.floats += fresh.floats[fresh.range(row)]
        }
        return rows
    }

    /// Whether the rows of a commit need lists that are not there yet, or have become so many that all are made anew.
    private func makesLists(absorbing absorbed: Set<Int>) -> Bool {
        let count = absorbed.reduce(fresh.count - freshRemoved.count) { $0 + parts[$1].live }
        guard count >= settings.exactBelow else { return false }
        guard let lists = manifest.lists else { return true }
        return absorbed.count == parts.count && count >= Self.growth * lists.learnedFrom
    }

    /// When there are so many times as many rows as lists were made from, new ones are made.
    private static let growth = 4

    /// Writes a segment: under the lists that there are, under new ones, or without any.
    private func write(
        _ rows: EmbeddingRows, _ next: inout IndexManifest, _ model: inout ListModel?
    ) throws(Failure) -> IndexManifest.Segment {
        let name = IndexFiles.name("segment", generation: next.generation, extension: "vectors"),
            codec = next.codecChoice.type
        let writer: SegmentWriter
        if let model {
            let partition = model.partition(rows)
            writer = SegmentWriter(
                rows: rows, partition: partition, codes: model.codes(of: rows, partition), codec: codec,
                model: next.lists?.checksum)
        } else if rows.count >= settings.exactBelow {
            let nlist = min(settings.nlist ?? Partition.usualNlist(count: rows.count), rows.count)
            let trained = TrainedLists(
                rows, nlist: nlist, mostUngrouped: settings.mostUngrouped, codec: codec, queries: queries)
            let lists = IndexFiles.name("lists", generation: next.generation, extension: "model")
            let checksum = try trained.model.write(to: "\(folder)/\(lists)")
            next.lists = IndexManifest.Lists(
                file: lists, checksum: checksum, nlist: trained.model.nlist, learnedFrom: rows.count,
                recalls: trained.recalls)
            model = trained.model
            writer = SegmentWriter(
                rows: rows, partition: trained.partition, halves: trained.halves, codes: trained.codes, codec: codec,
                model: checksum)
        } else {
            writer = SegmentWriter(rows: rows, partition: Partition(unlisted: rows))
        }
        let checksum = try writer.write(to: "\(folder)/\(name)")
        return IndexManifest.Segment(file: name, count: rows.count, checksum: checksum)
    }
}
