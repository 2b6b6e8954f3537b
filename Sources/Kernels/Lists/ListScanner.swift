package import KernelInterface

/// The codes of a segment, which lie in lists, and how they are scored.
package struct ListScanner: Sendable {
    let shape: CodeShape
    let means: QuantizedRows
    let rowStarts, blockStarts: [Int]
    let excluded: [UInt64]
    private let scoring: CodeScoring
    private let loops: SearchKernels

    /// Lists whose means, as bytes, are `means`; list `l` holds rows `rowStarts[l]..<rowStarts[l + 1]`, and its codes begin
    /// at block `blockStarts[l]`. A bit in `excluded`, where that is not empty, keeps a row from being found.
    package init(
        _ shape: CodeShape, _ scoring: CodeScoring = .weighted, means: QuantizedRows, rowStarts: [Int],
        blockStarts: [Int]? = nil, excluded: [UInt64] = [], loops: SearchKernels = kernels.search
    ) {
        precondition(means.width == shape.byteWidth && rowStarts.count == means.count + 1, "\(means.count) means")
        precondition(rowStarts[0] == 0 && rowStarts[means.count] < 1 << 32, "\(rowStarts[means.count]) rows")
        precondition(excluded.isEmpty || 64 * excluded.count >= rowStarts[means.count], "\(excluded.count) words")
        (self.shape, self.scoring, self.means, self.loops) = (shape, scoring, means, loops)
        (self.rowStarts, self.excluded) = (rowStarts, excluded)
        self.blockStarts = blockStarts ?? Self.blockStarts(rowStarts)
        precondition(self.blockStarts.count == rowStarts.count, "\(self.blockStarts.count) starts of blocks")
    }

    /// The first block of each list, and the end.
    package static func blockStarts(_ rowStarts: [Int]) -> [Int] {
        var starts = [0]
        starts.reserveCapacity(rowStarts.count)
        for (first, end) in zip(rowStarts, rowStarts.dropFirst()) {
            starts.append(starts[starts.count - 1] + (end - first + 15) / 16)
        }
        return starts
    }

    /// How many rows the visits look at.
    package func rowCount(of visits: ListVisits) -> Int {
        visits.lists.indices.reduce(0) { sum, group in
            let list = Int(visits.lists[group]), visitors = visits.starts[group + 1] - visits.starts[group]
            return sum + visitors * (rowStarts[list + 1] - rowStarts[list])
        }
    }

    /// The `kept` rows of the visited lists that have the best high codes for each query, by the thread that calls. Query
    /// `q` does not find row `own[q]`. `halves` are the rows themselves, for codes of a kind that needs them.
    package func candidates(
        of queries: CodedQueries, _ visits: ListVisits, high: RawSpan, low: RawSpan, halves: RawSpan = RawSpan(),
        kept: Int, own: [Int] = []
    ) -> ListCandidates {
        let rows = rowStarts[means.count]
        precondition(
            !scoring.readsRows || halves.byteCount == 2 * rows * shape.embedDim, "\(halves.byteCount) bytes of rows")
        var found = ListCandidates(queries: queries.count, kept: min(kept, max(1, rows)))
        run(queries, visits, high: high, low: low, halves: halves, own: own, &found) { set, scan in
            scoring.scan(set)(scan)
        }
        return found
    }

    /// The same on all threads, for one query: each scans some of the lists.
    package func candidatesOfOne(
        _ query: CodedQueries, _ visits: ListVisits, high: RawSpan, low: RawSpan, halves: RawSpan = RawSpan(), kept: Int
    ) -> ListCandidates {
        precondition(query.count == 1, "\(query.count) queries")
        let parts = min(threadCount, visits.count / Self.fewestLists)
        guard parts > 1 else {
            return candidates(of: query, visits, high: high, low: low, halves: halves, kept: kept)
        }
        let found = parallelMap(parts) { part in
            candidates(of: query, visits.part(part, of: parts), high: high, low: low, halves: halves, kept: kept)
        }
        return ListCandidates(merging: found, kept: min(kept, max(1, rowStarts[means.count])), loops)
    }

    /// Fewer lists are not worth waking a thread.
    private static let fewestLists = 24

    /// Keeps the `kept` candidates of each query that have the best codes.
    package func refine(_ found: inout ListCandidates, _ queries: CodedQueries, high: RawSpan, low: RawSpan, kept: Int)
    {
        precondition(found.queries == queries.count, "candidates of \(found.queries) queries")
        run(queries, nil, high: high, low: low, own: [], &found) { set, scan in set.refineCandidates(scan, kept) }
    }

    /// Replaces the scores of candidates by their products with the queries; `halves` is `[rows, embedDim]`. Where scores
    /// were bounds, those are dropped that cannot be among a query's `wanted` best.
    package func score(_ found: inout ListCandidates, _ queries: CodedQueries, halves: RawSpan, wanted: Int) {
        precondition(halves.byteCount == 2 * rowStarts[means.count] * shape.embedDim, "\(halves.byteCount) bytes")
        precondition(found.queries == queries.count, "candidates of \(found.queries) queries")
        let bytes = unsafe start(halves), vectors = unsafe pointer(queries.vectors.span)
        run(queries, nil, high: RawSpan(), low: RawSpan(), own: [], &found, readsCodes: false) { set, scan in
            if scoring.givesBounds {
                unsafe set.scoreBounded(scan, shape.embedDim, bytes, vectors, wanted)
            } else {
                unsafe set.scoreCandidates(scan, shape.embedDim, bytes, vectors)
            }
        }
    }

    /// The largest score of any row of a list for every query, `[queries, lists]`, on all threads; −1 for an empty list. Of
    /// weighted codes alone.
    package func maxima(of queries: CodedQueries, high: RawSpan, low: RawSpan, own: [Int]) -> [Float] {
        let nlist = means.count, size = 64 * 16 * shape.width
        precondition(shape == CodeShape(embedDim: shape.embedDim), "codes of another kind")
        var maxima = [Float](repeating: 0, count: queries.count * nlist), none = ListCandidates(queries: 0, kept: 1)
        unsafe maxima.withUnsafeMutableBufferPointer { maxima in
            guard let out = maxima.baseAddress else { return }
            run(queries, nil, high: high, low: low, own: own, &none) { set, scan in
                // Sound: every task writes a column of its own.
                parallelFor(nlist) { list in
                    let scratch = unsafe ThreadScratch.floats(.own, size / 4)
                    unsafe set.listMaxima(
                        scan, list, UnsafeMutableRawPointer(scratch).bindMemory(to: Int8.self, capacity: size),
                        out + list, nlist)
                }
            }
        }
        return maxima
    }

    /// Lends everything as the loops take it.
    ///
    /// Sound: all arrays are those of this value, of the queries and the visits, which live as long as the call; sizes are
    /// compared first.
    private func run(
        _ queries: CodedQueries, _ visits: ListVisits?, high: RawSpan, low: RawSpan, halves: RawSpan = RawSpan(),
        own: [Int], _ found: inout ListCandidates, readsCodes: Bool = true, _ body: (SearchKernels, ListScan) -> Void
    ) {
        let blocks = blockStarts[means.count], rows = rowStarts[means.count]
        precondition(!readsCodes || high.byteCount == blocks * shape.blockBytes, "high codes of other size")
        precondition(!readsCodes || low.byteCount == rows * shape.lowBytes, "low codes of other size")
        precondition(own.isEmpty || own.count == queries.count, "\(own.count) own rows")
        let visits = visits ?? ListVisits(all: 0, queries: 0)
        let highCodes = unsafe start(high).assumingMemoryBound(to: Int8.self)
        let lowCodes = unsafe start(low).assumingMemoryBound(to: Int8.self)
        let rowHalves = unsafe halves.isEmpty ? nil : start(halves)
        let (capacity, kept) = (found.capacity, found.kept)
        unsafe found.withPointers { keys, counts, least in
            let scan = unsafe ListScan(
                byteWidth: shape.byteWidth, highDim: shape.highDim, lowDim: shape.lowDim, blockBytes: shape.blockBytes,
                embedDim: shape.embedDim, queryCount: queries.count, bytes: start(queries.rows.bytes.span),
                scales: start(queries.rows.scales.span),
                weights: start(queries.weights.bytes.span), weightScales: start(queries.weights.scales.span),
                highTotals: start(queries.highTotals.span), lowTotals: start(queries.lowTotals.span),
                vectors: start(queries.vectors.span), lengths: start(queries.lengths.span),
                tables: start(queries.tables.bytes.span), tableScales: start(queries.tables.scales.span),
                offsets: start(queries.offsets.span),
                own: own.isEmpty ? nil : start(own.span), means: start(means.bytes.span),
                meanScales: start(means.scales.span), meanTotals: start(means.totals.span),
                rowStarts: start(rowStarts.span), blockStarts: start(blockStarts.span), high: highCodes, low: lowCodes,
                halves: rowHalves, excluded: excluded.isEmpty ? nil : start(excluded.span), groups: visits.lists.count,
                visited: start(visits.lists.span), visitStarts: start(visits.starts.span),
                visitors: start(visits.visitors.span), kept: kept, keys: keys, capacity: capacity, counts: counts,
                least: least)
            body(loops, scan)
        }
    }
}
