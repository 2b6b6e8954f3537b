public import Failures
import Storage

/// An index as it was when it was opened: later commits do not disturb it, even when they delete its files.
public struct IndexSnapshot: Sendable {
    /// The index's folder.
    public let folder: String
    /// What the index is made of.
    public let manifest: IndexManifest
    let segments: [IndexSegment]
    /// For every segment, which rows are no longer in the index, or not looked at by a restricted one.
    var isRemoved: [RowSet]
    /// For every segment, which blocks agreed with their checksums.
    var isChecked: [[Bool]]

    /// Opens the index in `folder`.
    ///
    /// - Throws: `.missingInput` where there is none, `.badData` where a file contradicts itself or the manifest.
    public init(_ folder: String) throws(Failure) {
        var manifest = try IndexManifest.read(folder)
        while true {
            do throws(Failure) {
                try self.init(folder, manifest)
                return
            } catch {
                // A commit may have replaced the manifest, and deleted what the former one named, in between.
                let newer = try IndexManifest.read(folder)
                guard newer.generation != manifest.generation else { throw error }
                manifest = newer
            }
        }
    }

    private init(_ folder: String, _ manifest: IndexManifest) throws(Failure) {
        self.folder = folder
        self.manifest = manifest
        var segments: [IndexSegment] = [], removed: [RowSet] = []
        for entry in manifest.segments {
            segments.append(try IndexSegment(entry, in: folder, embedDim: manifest.embedDim))
            removed.append(try RemovedRows.read(entry.removed, of: entry.count, in: folder))
        }
        self.segments = segments
        isRemoved = removed
        isChecked = segments.map { [Bool](repeating: false, count: $0.layout.blockCount) }
    }

    /// Length of every embedding.
    public var embedDim: Int { manifest.embedDim }

    /// Embeddings in the index.
    public var count: Int { zip(segments, isRemoved).reduce(0) { $0 + $1.0.count - $1.1.memberCount } }

    /// Inverted lists in all segments; a segment without lists is searched row by row.
    public var nlist: Int { segments.reduce(0) { $0 + $1.nlist } }

    func isRemoved(_ row: Int, of segment: Int) -> Bool { isRemoved[segment][row] }

    /// Compares those blocks of some vectors with their checksums that were not compared before.
    mutating func check(_ rows: Range<Int>, of segment: Int) throws(Failure) {
        let layout = segments[segment].layout
        for block in layout.blocks(of: layout.bytes(ofVectors: rows)) where !isChecked[segment][block] {
            try segments[segment].check(block: block)
            isChecked[segment][block] = true
        }
    }

    /// Lends every embedding with its id, segment by segment.
    public mutating func forEach(_ body: (Int64, Span<Float>) throws(Failure) -> Void) throws(Failure) {
        for s in segments.indices {
            let segment = segments[s]
            try check(0..<segment.count, of: s)
            for row in 0..<segment.count where !isRemoved(row, of: s) {
                try segment.readVectors(row..<row + 1) { (vector) throws(Failure) in try body(segment.ids[row], vector)
                }
            }
        }
    }

    /// The embedding stored under `id`, or nil.
    public mutating func embedding(of id: Int64) throws(Failure) -> [Float]? {
        for s in segments.indices {
            guard let row = segments[s].ids.firstIndex(of: id), !isRemoved(row, of: s) else { continue }
            try check(row..<row + 1, of: s)
            return segments[s].readVectors(row..<row + 1) { vector in vector.indices.map { vector[$0] } }
        }
        return nil
    }
}
