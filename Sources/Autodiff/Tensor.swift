public import Tensors

/// Where some floats of a step lie, and how they are arranged.
///
/// Offsets count from the tape's first float: its parameters come first, the values of the step behind them.
public struct Tensor: Sendable, Equatable {
    /// The number of the first float.
    public let offset: Int
    /// Lengths of the axes, outer to inner.
    public let shape: Shape

    /// A tensor at `offset`.
    public init(offset: Int, shape: Shape) { (self.offset, self.shape) = (offset, shape) }

    /// The number of floats.
    public var count: Int { shape.count }
    /// The length of a row.
    public var width: Int { shape.width }
    /// The number of rows.
    public var rowCount: Int { shape.rowCount }
    /// Its floats on the tape.
    public var range: Range<Int> { offset..<offset + count }
    /// Some of its rows, as a tensor of their own; of a vector, some of its floats.
    public func rows(_ rows: Range<Int>) -> Tensor {
        let isVector = shape.rank == 1, length = isVector ? 1 : width
        precondition(rows.lowerBound >= 0 && rows.upperBound * length <= count, "rows \(rows) of \(shape)")
        return Tensor(
            offset: offset + rows.lowerBound * length, shape: isVector ? [rows.count] : [rows.count, width])
    }
    /// A vector as a table of one row: `[1, width]`.
    public var asRow: Tensor { Tensor(offset: offset, shape: [1, count]) }
    /// Row `r`'s floats on the tape.
    public func row(_ r: Int) -> Range<Int> { offset + r * width..<offset + (r + 1) * width }
}
