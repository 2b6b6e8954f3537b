/// The lengths of a tensor's axes, outer to inner: `[rows, width]`, or `[]` for a scalar.
///
/// The floats lie row by row; a row runs along the innermost axis. At most four axes, so that a shape needs no heap.
public struct Shape: Sendable, Equatable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
    private let lengths: SIMD4<Int>
    /// The number of axes.
    public let rank: Int

    /// A shape from the lengths of its axes, outer to inner.
    public init(_ lengths: [Int]) {
        precondition(
            lengths.count <= 4 && lengths.allSatisfy { $0 >= 0 }, "a shape has at most 4 axes, found \(lengths)")
        var all = SIMD4<Int>(repeating: 1)
        for (axis, length) in lengths.enumerated() { all[axis] = length }
        self.lengths = all
        rank = lengths.count
    }

    /// A shape written as a literal: `[batch, embedDim]`.
    public init(arrayLiteral lengths: Int...) { self.init(lengths) }

    /// The length of one axis.
    public subscript(axis: Int) -> Int { lengths[axis] }

    /// The number of floats.
    public var count: Int { lengths[0] * lengths[1] * lengths[2] * lengths[3] }

    /// The length of the innermost axis; 1 for a scalar.
    public var width: Int { rank == 0 ? 1 : lengths[rank - 1] }

    /// The number of rows: all axes but the innermost.
    public var rowCount: Int { width == 0 ? 0 : count / width }

    /// The lengths of the axes, outer to inner.
    public var axes: [Int] { (0..<rank).map { lengths[$0] } }

    /// The lengths in brackets, as they are written in code.
    public var description: String { "\(axes)" }
}
