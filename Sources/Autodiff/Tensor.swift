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
    /// Row `r`'s floats on the tape.
    public func row(_ r: Int) -> Range<Int> { offset + r * width..<offset + (r + 1) * width }
}
