public import Failures
import Kernels
import Storage

/// An index as it was when it was opened: later commits do not disturb it, even when they delete its files.
public struct IndexSnapshot: Sendable {
    /// The index's folder.
    public let folder: String
    /// What the index is made of.
    public let manifest: IndexManifest
    let segments: [IndexSegment]
    /// What the lists of the segments have in common; nil where there are none.
    let model: ListModel?
    /// For every segment, which rows are no longer in the index, or not looked at by a restricted one.
    var isRemoved: [RowSet]
    /// Embeddings in the index that this one is a restriction of; nil where it is none.
    var unrestrictedCount: Int?
    /// For every segment, which blocks agreed with their checksums.
    var isChecked: [[Bool]]
    /// For every segment, how many blocks were not compared yet, and whether those of all codes were.
    var unchecked: [Int], hasCheckedCodes: [Bool]
    /// For every segment, its rows as bytes once many queries were asked of it, and how many were.
    var quantized: [QuantizedScan?], asked: [Int]

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
            segments.append(
                try IndexSegment(
                    entry, in: folder, embedDim: manifest.embedDim, lists: manifest.lists, codec: manifest.codecChoice))
            removed.append(try RemovedRows.read(entry.removed, of: entry.count, in: folder))
        }
        self.segments = segments
        model = try ListModel.read(manifest, in: folder)
        isRemoved = removed
        hasCheckedCodes = segments.map { $0.nlist == 0 }
        unchecked = segments.map(\.layout.blockCount)
        quantized = segments.map { _ in nil }
        asked = segments.map { _ in 0 }
        isChecked = segments.map { [Bool](repeating: false, count: $0.layout.blockCount) }
    }

    /// Length of every embedding.
    public var embedDim: Int { manifest.embedDim }

    /// Embeddings in the index.
    public var count: Int { zip(segments, isRemoved).reduce(0) { $0 + $1.0.count - $1.1.memberCount } }

    /// Inverted lists, which the segments share; a segment without lists is searched row by row.
    public var nlist: Int { model?.nlist ?? 0 }

    func isRemoved(_ row: Int, of segment: Int) -> Bool { isRemoved[segment][row] }

    /// Compares those blocks of some vectors with their checksums that were not compared before.
    mutating func check(_ rows: Range<Int>, of segment: Int) throws(Failure) {
        let layout = segments[segment].layout
        try check(blocks: layout.blocks(of: layout.bytes(ofVectors: rows)), of: segment)
    }

    /// Compares the blocks of a segment's codes with their checksums, all of them at its first search; those of all rows,
    /// where a search scans these themselves.
    mutating func checkCodes(of segment: Int) throws(Failure) {
        guard !hasCheckedCodes[segment] else { return }
        let layout = segments[segment].layout
        if manifest.codecChoice.type.scoring.readsRows { try check(0..<layout.count, of: segment) }
        try check(blocks: layout.blocks(of: layout.highOffset..<layout.idsOffset), of: segment)
        hasCheckedCodes[segment] = true
    }

    private mutating func check(blocks: Range<Int>, of segment: Int) throws(Failure) {
        for block in blocks where !isChecked[segment][block] {
            try segments[segment].check(block: block)
            isChecked[segment][block] = true
            unchecked[segment] -= 1
        }
    }

    /// Lends every embedding with its id, segment by segment.
    public mutating func forEach(_ body: (Int64, Span<Float>) throws(Failure) -> Void) throws(Failure) {
        for s in segments.indices {
            let segment = segments[s]
            try check(0..<segment.count, of: s)
            for row in 0..<segment.count where !isRemoved(row, of: s) {
                try body(segment.ids[row], segment.vectors(row..<row + 1).span)
            }
        }
    }

    /// The embedding stored under `id`, or nil.
    public mutating func embedding(of id: Int64) throws(Failure) -> [Float]? {
        for s in segments.indices {
            guard let row = segments[s].ids.firstIndex(of: id), !isRemoved(row, of: s) else { continue }
            try check(row..<row + 1, of: s)
            return segments[s].vectors(row..<row + 1)
        }
        return nil
    }
}
