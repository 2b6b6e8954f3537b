public import Autodiff
import Tensors

/// What is added to a weight matrix that stays as it is: a product of two thin matrices, which learn.
///
/// `W + up·down` — Hu et al. 2021 (LoRA), equation 3, with α equal to the rank; `up` begins at zero, `down` with deviation
/// `inputs^-½`. Folders of a model hold the sum.
public struct LowRankUpdate: Sendable {
    /// `[outputs, inputs]`.
    public let weight: Tensor
    /// `[outputs, rank]` and `[rank, inputs]`.
    public let up, down: Tensor

    package static let name = "low_rank"

    package init(_ name: String, of weight: Tensor, rank: Int, in store: inout ParameterStore) {
        self.weight = weight
        down = store.declare(
            "\(name).down", [rank, weight.width], .normal(deviation: 1 / Float(weight.width).squareRoot()), decays: true
        )
        up = store.declare("\(name).up", [weight.rowCount, rank], .zeros, decays: true)
    }

    /// What the update adds to `y`, that the weight made of `x`: some of its outputs where `rows` are given.
    package func apply(to x: Tensor, adding y: Tensor, rows: Range<Int>? = nil, on tape: inout Tape) -> Tensor {
        let hidden = tape.linear(x, weight: down, bias: nil)
        return tape.linear(hidden, weight: rows.map { up.rows($0) } ?? up, bias: nil, adding: y)
    }
}
