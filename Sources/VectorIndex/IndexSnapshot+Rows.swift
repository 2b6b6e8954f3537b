public import Failures

/// Where an embedding lies: a row of a segment.
struct RowPlace: Sendable, Equatable {
    var segment: Int, row: Int
}

/// All that filters, joins, exports and checks need of the segments, whatever these look like on disk: nothing else in
/// them asks a segment.
extension IndexSnapshot {
    /// Rows that are copied out at once: a piece of about a mebibyte.
    var rowsPerPiece: Int { max(64, (1 << 18) / embedDim) }

    /// Copies some rows of a segment, `[rows, embedDim]`, after comparing their blocks with their checksums.
    mutating func vectors(_ rows: Range<Int>, of segment: Int) throws(Failure) -> [Float] {
        try check(rows, of: segment)
        return checkedVectors(rows, of: segment)
    }

    /// Copies some rows of a segment that were checked before.
    func checkedVectors(_ rows: Range<Int>, of segment: Int) -> [Float] {
        segments[segment].vectors(rows)
    }

    /// The id of a row.
    func id(_ row: Int, of segment: Int) -> Int64 { segments[segment].ids[row] }

    /// The unit vectors by which plain `nprobe` chooses lists, `[nlist, embedDim]`.
    var routers: [Float] { model?.unitMeans ?? [] }

    /// The rows of every list of a segment; a segment without lists is one.
    func lists(of segment: Int) -> [Range<Int>] {
        let starts = segments[segment].starts
        guard hasLists(segment) else { return [0..<rowCount(of: segment)] }
        return zip(starts, starts.dropFirst()).map { $0..<$1 }
    }

    /// Whether a segment has lists; else a search looks at all of its rows.
    func hasLists(_ segment: Int) -> Bool { segments[segment].nlist > 0 }

    /// Lists that a query visits where nothing else is said.
    var usualNprobe: Int { min(max(Self.usualMinimum, nlist / Self.usualShare), max(nlist, 1)) }

    /// Rows of a segment, the removed ones included.
    func rowCount(of segment: Int) -> Int { segments[segment].count }

    /// Blocks of a segment's file, each with a checksum.
    func blockCount(of segment: Int) -> Int { segments[segment].layout.blockCount }

    /// Compares one block of a segment's file with its checksum.
    func check(block: Int, of segment: Int) throws(Failure) { try segments[segment].check(block: block) }

    /// All embeddings in the order of their ids.
    func placesByID() -> [RowPlace] {
        var places: [RowPlace] = []
        places.reserveCapacity(count)
        for s in segments.indices {
            for row in 0..<rowCount(of: s) where !isRemoved(row, of: s) {
                places.append(RowPlace(segment: s, row: row))
            }
        }
        return places.sorted { id($0.row, of: $0.segment) < id($1.row, of: $1.segment) }
    }

    /// The ids of all embeddings, ascending.
    public var ids: [Int64] { placesByID().map { id($0.row, of: $0.segment) } }

    /// Lends blocks of embeddings in the order of their ids: their ids, and `[ids, embedDim]`.
    public mutating func forEachBlock(
        of size: Int = 256, _ body: ([Int64], [Float]) throws(Failure) -> Void
    ) throws(Failure) {
        let places = placesByID()
        for start in stride(from: 0, to: places.count, by: size) {
            var ids: [Int64] = [], floats: [Float] = []
            for place in places[start..<min(start + size, places.count)] {
                ids.append(id(place.row, of: place.segment))
                floats += try vectors(place.row..<place.row + 1, of: place.segment)
            }
            try body(ids, floats)
        }
    }
}
