import KernelInterface
import Tensors

/// A weight matrix laid out as products read it: for one that stays as it is, this is done once and not at every product.
public final class PackedMatrix: Sendable {
    let outputs, inputs: Int
    /// The instruction level whose loops read it.
    let level: String
    private let floats: FloatBuffer

    /// Lays out a weight `[outputs, inputs]` for the loops in use.
    public init(weight: Span<Float>, outputs: Int, inputs: Int) {
        check("weight", weight.count, is: outputs * inputs)
        let set = kernels
        var packed = FloatBuffer(count: set.packedCount(outputs, inputs))
        packed.write(0..<packed.count) { target in
            let right = unsafe Strided(base: pointer(weight), row: 1, column: inputs)
            unsafe set.pack(outputs, inputs, right, into: pointer(&target))
        }
        (self.outputs, self.inputs, level) = (outputs, inputs, set.name)
        floats = packed
    }

    /// Lends the floats to a loop that ends before this goes away.
    func read(_ body: (In) -> Void) {
        floats.read { span in unsafe body(pointer(span)) }
    }
}
