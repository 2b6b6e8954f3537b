import Failures
import VectorIndex

extension IndexQuestion {
    /// Which share of the nearest lies in the lists that the router visits for the recall, and the share of rows in them;
    /// and the same of the fewest lists by their means that reach as much.
    func answerReach(_ queries: [Float], from whole: IndexSnapshot) throws(Failure) -> String {
        var index = whole
        let nearest = try index.exactNearest(Self.k, to: queries), wanted = nearest.joined().count
        let routed = index.reach(of: queries, as: kind, recall: recall, nearest: nearest)
        var low = 0, nprobe = max(index.nlist, 1)  // too few, and enough
        while nprobe - low > 1 {
            let middle = (low + nprobe) / 2
            if index.reach(of: queries, nprobe: middle, nearest: nearest).found >= routed.found {
                nprobe = middle
            } else {
                low = middle
            }
        }
        let plain = index.reach(of: queries, nprobe: nprobe, nearest: nearest)
        func share(_ rows: Int) -> Double {
            Double(rows) * Double(index.embedDim) / Double(queries.count * index.count)
        }
        return """
            {"reached": \(Double(routed.found) / Double(wanted)), "scanned": \(share(routed.rows)), "nprobe": \(nprobe), \
            "plain_reached": \(Double(plain.found) / Double(wanted)), "plain_scanned": \(share(plain.rows))}
            """
    }
}
