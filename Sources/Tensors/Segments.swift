/// Where each of several sequences begins in a table of packed rows.
///
/// Sequence `i` is `rows[starts[i]..<starts[i + 1]]`. No padding is ever stored or computed.
public struct Segments: Sendable, Equatable {
    /// `count + 1` row numbers, ascending; the first is 0 and the last the number of rows.
    public let starts: [Int]

    /// Segments of the given lengths, one behind the other.
    public init(lengths: some Sequence<Int>) {
        var starts = [0]
        for length in lengths { starts.append(starts[starts.count - 1] + length) }
        self.starts = starts
    }

    /// `count` segments of the same length.
    public init(count: Int, length: Int) { self.init(lengths: repeatElement(length, count: count)) }

    /// The number of sequences.
    public var count: Int { starts.count - 1 }

    /// The number of rows in all.
    public var rowCount: Int { starts[starts.count - 1] }

    /// The rows of one sequence.
    public subscript(segment: Int) -> Range<Int> { starts[segment]..<starts[segment + 1] }

    /// The length of the longest sequence; 0 where there is none.
    public var longest: Int { (0..<count).map { self[$0].count }.max() ?? 0 }
}
