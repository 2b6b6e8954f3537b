import KernelInterface

/// Replaces the scores of candidates, which are upper bounds, by the products of the stored rows with the queries, as
/// `scoreCandidates` does, from the largest bound on; those whose bound lies below the `wanted` best products are dropped.
func scoreBounded(_ s: ListScan, _ embedDim: Int, _ halves: UnsafeRawPointer, _ queries: In, _ wanted: Int) {
    let size = 2 &* embedDim
    withUnsafeTemporaryAllocation(of: Float.self, capacity: wanted) { memory in
        guard let best = memory.baseAddress, wanted > 0 else { return }
        for q in 0..<s.queryCount {
            let mine = s.keys + q &* s.capacity, count = s.counts[q], query = queries + q &* embedDim
            var all = UnsafeMutableBufferPointer(start: mine, count: count)
            all.sort(by: >)
            for i in 0..<min(4, count) { prefetch(halves + candidateRow(mine[i]) &* size, size) }
            var i = 0
            while i < count, i < wanted || candidateScore(mine[i]) >= best[0] {
                if i &+ 4 < count { prefetch(halves + candidateRow(mine[i &+ 4]) &* size, size) }
                let row = candidateRow(mine[i]), score = halfDot(embedDim, halves + row &* size, query)
                mine[i] = candidateKey(score, row)
                insert(score, into: best, min(i, wanted), of: wanted)
                i &+= 1
            }
            s.counts[q] = i
        }
    }
}

/// Puts a number into a heap of the `most` largest so far, `count` numbers whose least comes first (Williams 1964).
@inline(__always) private func insert(_ number: Float, into heap: Out, _ count: Int, of most: Int) {
    guard count == most else {
        var place = count
        while place > 0, heap[(place &- 1) / 2] > number {
            heap[place] = heap[(place &- 1) / 2]
            place = (place &- 1) / 2
        }
        heap[place] = number
        return
    }
    guard number > heap[0] else { return }
    var place = 0
    while true {
        var child = 2 &* place &+ 1
        if child &+ 1 < count, heap[child &+ 1] < heap[child] { child &+= 1 }
        guard child < count, heap[child] < number else { break }
        heap[place] = heap[child]
        place = child
    }
    heap[place] = number
}
