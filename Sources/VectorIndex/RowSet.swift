/// Some rows of a segment, one bit each. A set that never got a row keeps no bits at all.
struct RowSet: Sendable, Equatable {
    private(set) var words: [UInt64] = []
    /// How many rows are in it.
    private(set) var memberCount = 0

    /// No rows.
    init() {}

    /// The rows whose bits are set in `words`.
    init(words: [UInt64]) {
        self.words = words
        memberCount = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// Those of `count` rows that are `wanted`.
    init(count: Int, where wanted: (Int) -> Bool) {
        for row in 0..<count where wanted(row) { insert(row, of: count) }
    }

    var isEmpty: Bool { memberCount == 0 }

    /// Whether it holds row `row`.
    subscript(row: Int) -> Bool {
        row >> 6 < words.count && words[row >> 6] >> UInt64(row & 63) & 1 == 1
    }

    /// The runs of rows that are not in it, of `count` rows.
    func runs(outOf count: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = [], first = 0
        for row in 0...count where row == count || self[row] {
            if first < row { runs.append(first..<row) }
            first = row + 1
        }
        return runs
    }

    /// Adds row `row` of a segment of `count` rows.
    mutating func insert(_ row: Int, of count: Int) {
        precondition(row >= 0 && row < count, "row \(row) of \(count)")
        if words.isEmpty { words = [UInt64](repeating: 0, count: Self.wordCount(count)) }
        let bit: UInt64 = 1 << UInt64(row & 63)
        if words[row >> 6] & bit == 0 { memberCount += 1 }
        words[row >> 6] |= bit
    }

    /// The rows of either.
    func union(_ other: RowSet) -> RowSet {
        guard !words.isEmpty, !other.words.isEmpty else { return words.isEmpty ? other : self }
        return RowSet(words: zip(words, other.words).map { $0 | $1 })
    }

    /// Words that hold a bit for each of `count` rows.
    static func wordCount(_ count: Int) -> Int { (count + 63) / 64 }
}
