import KernelInterface

/// The best rows that a scan has found for each query.
package struct ListCandidates: Sendable {
    let queries, kept, capacity: Int
    private var keys: [CandidateKey]
    private var counts: [Int]
    private var least: [CandidateKey]

    init(queries: Int, kept: Int) {
        (self.queries, self.kept) = (queries, kept)
        // Half of the room is cleared at a time.
        capacity = 2 * kept + 64
        keys = [CandidateKey](repeating: 0, count: queries * capacity)
        counts = [Int](repeating: 0, count: queries)
        least = [CandidateKey](repeating: .min, count: queries)
    }

    /// The best of what several scans have found for the same one query.
    init(merging parts: [ListCandidates], kept: Int, _ loops: SearchKernels) {
        (queries, self.kept) = (1, kept)
        keys = parts.flatMap { $0.keys[..<$0.counts[0]] }
        capacity = keys.count
        let found = keys.count
        counts = [min(found, kept)]
        least = [.min]
        unsafe keys.withUnsafeMutableBufferPointer { keys in
            if let keys = keys.baseAddress { unsafe loops.selectLargest(keys, found, kept) }
        }
    }

    /// How many candidates a query has.
    package func count(of query: Int) -> Int { counts[query] }

    /// A candidate of a query: its row, and its score so far.
    package func candidate(_ number: Int, of query: Int) -> (row: Int, score: Float) {
        precondition(number >= 0 && number < counts[query], "candidate \(number) of \(counts[query])")
        let key = keys[query * capacity + number], ordered = Int32(truncatingIfNeeded: key >> 32)
        let bits = ordered ^ ((ordered >> 31) & 0x7FFF_FFFF)
        return (0xFFFF_FFFF - Int(key & 0xFFFF_FFFF), Float(bitPattern: UInt32(bitPattern: bits)))
    }

    mutating func withPointers(
        _ body: (
            UnsafeMutablePointer<CandidateKey>, UnsafeMutablePointer<Int>, UnsafeMutablePointer<CandidateKey>
        ) -> Void
    ) {
        unsafe keys.withUnsafeMutableBufferPointer { keys in
            unsafe counts.withUnsafeMutableBufferPointer { counts in
                unsafe least.withUnsafeMutableBufferPointer { least in
                    unsafe body(
                        keys.baseAddress ?? placeholder(), counts.baseAddress ?? placeholder(),
                        least.baseAddress ?? placeholder())
                }
            }
        }
    }
}

/// Where the pointer of an empty array points; nothing is read or written there.
private func placeholder<T>() -> UnsafeMutablePointer<T> {
    unsafe UnsafeMutablePointer<T>(bitPattern: 64).unsafelyUnwrapped
}
