/// A number of up to 64 bits that orders candidates: by score, then the smaller row first. Scores must be finite.
package typealias CandidateKey = Int64

/// Some queries, what the lists of a segment hold, and who visits which: all that a scan of codes works on.
///
/// A stored row x of list l is scored as `q·mₗ + s·Σ u·(code − 7.5)`, where u are the query's bytes and s their scale. The
/// first `highDim` numbers of a code lie in blocks of sixteen rows, the last `lowDim` row by row. Codes of other kinds lie in
/// blocks alone; the loops that scan them say how they are scored.
package struct ListScan {
    /// Bytes of a query and of a mean; numbers of a code in blocks, and by rows.
    package var byteWidth: Int, highDim: Int, lowDim: Int

    // Queries.
    package var queryCount: Int
    /// `[queries, byteWidth]` and their scales: queries as such.
    package var bytes: BytesIn, scales: In
    /// `[queries, highDim + lowDim]` and their scales: queries as codes are scored with them.
    package var weights: BytesIn, weightScales: In
    /// What the high and the low weights of each query add up to.
    package var highTotals: UnsafePointer<Int32>, lowTotals: UnsafePointer<Int32>
    /// `[queries, embedDim]`, and the length of each.
    package var vectors: In, lengths: In, embedDim: Int
    /// `[queries, highDim, 16]`: what each value of a number adds, in units of the query's own.
    package var tables: UnsafePointer<UInt8>, tableScales: In
    /// What is added to the scores of all rows.
    package var offsets: In
    /// A row that each query must not find, or −1; nil where there are none.
    package var own: UnsafePointer<Int>?

    // Lists.
    /// `[lists, byteWidth]`, their scales, and what the bytes of each add up to.
    package var means: BytesIn, meanScales: In, meanTotals: UnsafePointer<Int32>
    /// The first row and the first block of each list, and the ends: `[lists + 1]`.
    package var rowStarts: UnsafePointer<Int>, blockStarts: UnsafePointer<Int>
    /// `[blocks, highDim / 8, 16, 4]`, two numbers a byte; or blocks of `blockBytes` bytes of another kind.
    package var high: BytesIn, blockBytes: Int
    /// `[rows, lowDim / 2]`, two numbers a byte.
    package var low: BytesIn
    /// The rows themselves, `[rows, embedDim]` in half precision; nil where no scan reads them.
    package var halves: UnsafeRawPointer?
    /// A bit for each row that nobody may find; nil where there are none.
    package var excluded: UnsafePointer<UInt64>?

    // Visits: group g is list `visited[g]`, which queries `visitors[visitStarts[g]..<visitStarts[g + 1]]` visit.
    package var groups: Int
    package var visited: UnsafePointer<Int32>, visitStarts: UnsafePointer<Int>, visitors: UnsafePointer<Int32>

    // What is found.
    /// Candidates of each query that are kept.
    package var kept: Int
    /// `[queries, capacity]`: candidates of each query; capacity is above `kept`.
    package var keys: UnsafeMutablePointer<CandidateKey>, capacity: Int
    /// How many each query has, and the key that further ones must exceed.
    package var counts: UnsafeMutablePointer<Int>, least: UnsafeMutablePointer<CandidateKey>

    package init(
        byteWidth: Int, highDim: Int, lowDim: Int, blockBytes: Int, embedDim: Int, queryCount: Int, bytes: BytesIn,
        scales: In, weights: BytesIn, weightScales: In, highTotals: UnsafePointer<Int32>,
        lowTotals: UnsafePointer<Int32>, vectors: In, lengths: In, tables: UnsafePointer<UInt8>, tableScales: In,
        offsets: In, own: UnsafePointer<Int>?, means: BytesIn, meanScales: In, meanTotals: UnsafePointer<Int32>,
        rowStarts: UnsafePointer<Int>, blockStarts: UnsafePointer<Int>, high: BytesIn, low: BytesIn,
        halves: UnsafeRawPointer?, excluded: UnsafePointer<UInt64>?, groups: Int, visited: UnsafePointer<Int32>,
        visitStarts: UnsafePointer<Int>, visitors: UnsafePointer<Int32>, kept: Int,
        keys: UnsafeMutablePointer<CandidateKey>, capacity: Int, counts: UnsafeMutablePointer<Int>,
        least: UnsafeMutablePointer<CandidateKey>
    ) {
        (self.byteWidth, self.highDim, self.lowDim) = (byteWidth, highDim, lowDim)
        (self.blockBytes, self.embedDim) = (blockBytes, embedDim)
        (self.queryCount, self.bytes, self.scales) = (queryCount, bytes, scales)
        (self.weights, self.weightScales) = (weights, weightScales)
        (self.highTotals, self.lowTotals, self.own) = (highTotals, lowTotals, own)
        (self.vectors, self.lengths, self.tables) = (vectors, lengths, tables)
        (self.tableScales, self.offsets) = (tableScales, offsets)
        (self.means, self.meanScales, self.meanTotals) = (means, meanScales, meanTotals)
        (self.rowStarts, self.blockStarts, self.high, self.low) = (rowStarts, blockStarts, high, low)
        (self.halves, self.excluded) = (halves, excluded)
        (self.groups, self.visited, self.visitStarts, self.visitors) = (groups, visited, visitStarts, visitors)
        (self.kept, self.keys, self.capacity) = (kept, keys, capacity)
        (self.counts, self.least) = (counts, least)
    }
}
