public import Failures

/// Search among some of the embeddings.
extension IndexSnapshot {
    /// The same index as if only the embeddings whose ids are `wanted` were in it. Whatever is asked of it is about
    /// those alone; the files are shared.
    public func restricted(to wanted: (Int64) -> Bool) -> IndexSnapshot {
        var some = self
        for s in segments.indices {
            let unwanted = RowSet(count: rowCount(of: s)) { !wanted(id($0, of: s)) }
            some.isRemoved[s] = isRemoved[s].union(unwanted)
        }
        return some
    }

    /// Below this many embeddings, or this part of all, a restricted search looks at every one of them.
    static let exactMatches = 20_000, exactShare = 8

    /// The `k` embeddings among those in `allowed` with the largest inner products with each query, best first: never
    /// fewer than `k` where as many are allowed and in the index.
    ///
    /// Where few are left, all of them are looked at. Else a query visits more lists the fewer of their rows it may
    /// use: `nprobe · all / allowed`.
    ///
    /// - Throws: `.badData` where a block that is needed does not match its checksum.
    public func nearest(
        _ k: Int, to queries: [Float], nprobe: Int? = nil, among allowed: Set<Int64>
    ) throws(Failure) -> [[Hit]] {
        var some = restricted(to: allowed.contains)
        return try some.nearestOfFew(k, to: queries, nprobe: nprobe, of: count)
    }

    /// The answer of a restricted index that had `all` embeddings before.
    private mutating func nearestOfFew(
        _ k: Int, to queries: [Float], nprobe: Int?, of all: Int
    ) throws(Failure) -> [[Hit]] {
        let matches = count, wanted = min(k, matches)
        guard matches > 0 else { return [[Hit]](repeating: [], count: queries.count / embedDim) }
        if matches <= max(Self.exactMatches, all / Self.exactShare) { return try exactNearest(k, to: queries) }
        let widened = Int((Double(nprobe ?? usualNprobe) * Double(all) / Double(matches)).rounded(.up))
        var found = try nearest(k, to: queries, nprobe: max(1, min(widened, max(nlist, 1))))
        for query in found.indices where found[query].count < wanted {
            let row = Array(queries[query * embedDim..<(query + 1) * embedDim])
            found[query] = try exactNearest(k, to: row)[0]
        }
        return found
    }
}
