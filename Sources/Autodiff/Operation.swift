public import Tensors

/// One differentiable step of a computation: its inputs by place, forward and backward beside each other.
///
/// `values` begins at the tape's first float, so a tensor's floats are `values.extracting(x.range)`.
public protocol Operation: Sendable {
    /// The shape of what it makes.
    var outputShape: Shape { get }
    /// Floats that `forward` keeps for `backward`, beside the output.
    var savedCount: Int { get }
    /// Writes every float of `y` (and of `saved`), reading values that lie behind them.
    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>)
    /// Adds to the gradients of its inputs: `gradients.add(to: x, from: self's place) { dy, dx in … }`.
    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients)
}

extension Operation {
    /// Most operations keep nothing.
    public var savedCount: Int { 0 }
}

/// Where an operation's results lie while its gradient is taken.
public struct BackwardStep: Sendable {
    /// The output.
    public let y: Tensor
    /// What `forward` kept.
    public let saved: Range<Int>
}
