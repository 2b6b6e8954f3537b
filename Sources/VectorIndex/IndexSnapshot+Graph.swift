public import Failures

extension IndexSnapshot {
    /// Tells the `k` nearest others of every embedding, in the order of ids: an embedding's id, and its neighbours,
    /// best first.
    ///
    /// - Throws: `.badData` where the index is damaged, and what `body` throws.
    public mutating func forEachNeighborhood(
        _ k: Int, nprobe: Int? = nil, _ body: (Int64, [Hit]) throws(Failure) -> Void
    ) throws(Failure) {
        var search = self
        try forEachBlock(of: 1024) { (own, vectors) throws(Failure) in
            for (id, hits) in zip(own, try search.nearest(k + 1, to: vectors, nprobe: nprobe)) {
                try body(id, Array(hits.filter { $0.id != id }.prefix(k)))
            }
        }
    }
}
