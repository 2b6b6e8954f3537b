public import Failures
import Foundation
import Storage

/// Settings of an index's layout.
public struct IndexSettings: Sendable, Equatable {
    /// Segments with fewer embeddings than this are searched row by row, exactly.
    public var exactBelow = 20_000

    /// The usual settings.
    public init() {}
}

/// Changes to an index, all of which happen at a commit or not at all.
///
/// Whoever opened the index before keeps what was opened; a process that is killed leaves the former generation. One
/// process at a time may hold an update of the same folder. An update that ends before its first commit leaves nothing
/// behind.
public struct IndexUpdate: ~Copyable {
    /// The index's folder.
    public let folder: String
    private let settings: IndexSettings
    private let lock: FileLock
    private let madeFolder: Bool
    private var segments: [IndexSegment]
    private var removed: Set<Int64>  // ids that are in a segment, but no longer in the index
    private var fresh: EmbeddingRows  // appended since the last commit
    private var committed: Set<Int64>  // ids in a segment
    /// What the last commit wrote.
    public private(set) var manifest: IndexManifest
    /// The ids of all embeddings in the index, committed or not.
    public private(set) var ids: Set<Int64>

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
                because: "it holds embeddings of length \(former?.embedDim ?? 0), the model makes \(embedDim)",
                try: "use the model that made the index, or choose another output")
        }
        let exists = FileManager.default.fileExists(atPath: folder)
        try AtomicFile.makeFolder(folder)
        let lock = try FileLock("\(folder)/\(IndexFiles.lockName)")
        // Read again, now that nobody else can change it.
        let manifest = files.isIndex ? try IndexManifest.read(folder) : IndexManifest(embedDim: embedDim)
        var segments: [IndexSegment] = []
        for entry in manifest.segments {
            segments.append(try IndexSegment(entry, in: folder, embedDim: embedDim))
        }
        self.folder = folder
        self.settings = settings
        self.lock = lock
        self.manifest = manifest
        self.segments = segments
        madeFolder = !exists
        removed = Set(manifest.removed)
        fresh = EmbeddingRows(embedDim: embedDim)
        committed = segments.reduce(into: Set<Int64>()) { $0.formUnion($1.ids) }
        ids = committed.subtracting(removed)
    }

    deinit {
        let files = IndexFiles(folder)
        if manifest.generation > 0 { files.deleteAll(except: manifest) } else { files.deleteAll(andFolder: madeFolder) }
    }

    /// An id that is larger than all that are, or lately were, in use.
    public var nextID: Int64 { max(committed.max() ?? 0, fresh.ids.max() ?? 0) + 1 }

    /// Adds an embedding under an id that is not in use.
    ///
    /// - Throws: `.badData` where a float is not finite: nothing could be compared with it.
    public mutating func append(_ embedding: [Float], id: Int64) throws(Failure) {
        precondition(embedding.count == manifest.embedDim, "\(embedding.count) floats, expected \(manifest.embedDim)")
        guard embedding.allSatisfy(\.isFinite) else {
            throw Failure(
                .badData, "cannot store embedding", at: folder, because: "the model gave a number that is not finite",
                try: "train the model again")
        }
        let isNew = ids.insert(id).inserted && !committed.contains(id)
        precondition(isNew, "id \(id) is, or was, in use")
        fresh.ids.append(id)
        fresh.floats += embedding
    }

    /// Removes the embedding stored under `id`; it must have been committed.
    public mutating func remove(_ id: Int64) {
        let wasCommitted = ids.remove(id) != nil && committed.contains(id)
        precondition(wasCommitted, "id \(id) was never committed")
        removed.insert(id)
    }

    /// Makes the changes since the last commit visible, together with `attachments`, which replace the former ones.
    ///
    /// - Throws: `.cannotWrite`, and then the index is as it was after the last commit.
    public mutating func commit(attachments: [String: String]) throws(Failure) {
        var next = manifest
        next.generation += 1
        next.attachments = attachments
        var (kept, rows) = try merged()
        next.segments = manifest.segments.filter { entry in kept.contains { $0.path.hasSuffix("/" + entry.file) } }
        if rows.count > 0 {
            let entry = try write(rows, generation: next.generation)
            next.segments.append(entry)
            kept.append(try IndexSegment(entry, in: folder, embedDim: next.embedDim))
        }
        let stored = kept.reduce(into: Set<Int64>()) { $0.formUnion($1.ids) }
        next.removed = removed.intersection(stored).sorted()
        try next.write(to: folder)
        manifest = next
        committed = stored
        removed = Set(next.removed)
        segments = kept
        fresh = EmbeddingRows(embedDim: next.embedDim)
        IndexFiles(folder).deleteAll(except: manifest)
    }

    /// The segments that stay, and all rows of the next one: the fresh ones, and those of segments that are mostly
    /// removed or at most twice as long as what follows them. So a row is rewritten O(log n) times.
    private func merged() throws(Failure) -> (kept: [IndexSegment], rows: EmbeddingRows) {
        var kept: [IndexSegment] = [], absorbed: [IndexSegment] = []
        var count = fresh.count
        for segment in segments.reversed() {
            let live = removed.isEmpty ? segment.count : segment.ids.count { !removed.contains($0) }
            if live <= 2 * count || 2 * live < segment.count {
                absorbed.insert(segment, at: 0)
                count += live
            } else {
                kept.insert(segment, at: 0)
            }
        }
        var rows = EmbeddingRows(embedDim: manifest.embedDim)
        rows.floats.reserveCapacity(count * manifest.embedDim)
        for segment in absorbed {
            for block in 0..<segment.layout.blockCount { try segment.check(block: block) }
            for row in 0..<segment.count where !removed.contains(segment.ids[row]) {
                rows.ids.append(segment.ids[row])
                segment.readVectors(row..<row + 1) { vector in
                    rows.floats.append(contentsOf: vector.indices.map { vector[$0] })
                }
            }
        }
        rows.ids += fresh.ids
        rows.floats += fresh.floats
        return (kept, rows)
    }

    private func write(_ rows: EmbeddingRows, generation: Int) throws(Failure) -> IndexManifest.Segment {
        let name = IndexFiles.name("segment", generation: generation, extension: "vectors")
        let partition =
            rows.count < settings.exactBelow
            ? Partition(unlisted: rows) : Partition(rows, nlist: Partition.usualNlist(count: rows.count))
        let checksum = try SegmentWriter(rows: rows, partition: partition).write(to: "\(folder)/\(name)")
        return IndexManifest.Segment(file: name, count: rows.count, checksum: checksum)
    }
}
