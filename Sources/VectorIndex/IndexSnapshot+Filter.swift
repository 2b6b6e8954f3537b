public import Failures

/// Search among some of the embeddings.
extension IndexSnapshot {
    /// The same index as if only the embeddings whose ids are `wanted` were in it. Whatever is asked of it is about
    /// those alone; the files are shared.
    public func restricted(to wanted: (Int64) -> Bool) -> IndexSnapshot {
        var some = self
        some.unrestrictedCount = unrestrictedCount ?? count
        for s in segments.indices {
            let unwanted = RowSet(count: rowCount(of: s)) { !wanted(id($0, of: s)) }
            some.isRemoved[s] = isRemoved[s].union(unwanted)
        }
        return some
    }

    /// Whether this is a restricted index with at most half of the embeddings left, so that all of them are looked at: lists
    /// and codes were measured with all embeddings, and a filter may lie where they do not lead.
    var isNarrow: Bool {
        guard let whole = unrestrictedCount else { return false }
        return count * 2 <= whole
    }

    /// The recall to ask of all embeddings for `recall` among those that are left: their `k` nearest lie among the
    /// `k · all / left` nearest of all, about, so that only as small a part may be missed.
    func recallOfAll(for recall: Double) -> Double {
        guard let whole = unrestrictedCount, whole > 0 else { return recall }
        return 1 - (1 - recall) * Double(count) / Double(whole)
    }

    /// The `k` embeddings among those in `allowed` with the largest inner products with each query, best first: never
    /// fewer than `k` where as many are allowed and in the index.
    ///
    /// Where at most half are left, all of them are looked at. Else a query visits more lists than without the
    /// filter: as many as a higher recall takes, or `nprobe · all / allowed` where `nprobe` is given.
    ///
    /// - Throws: `.badData` where a block that is needed does not match its checksum.
    public func nearest(
        _ k: Int, to queries: [Float], as kind: QueryKind = .pictures, recall: Double = usualRecall, nprobe: Int? = nil,
        among allowed: Set<Int64>
    ) throws(Failure) -> [[Hit]] {
        var some = restricted(to: allowed.contains)
        let widened = nprobe.map { probes in
            min(Int((Double(probes) * Double(count) / Double(max(some.count, 1))).rounded(.up)), max(nlist, 1))
        }
        return try some.nearest(k, to: queries, as: kind, recall: recall, nprobe: some.isNarrow ? nil : widened)
    }
}
