/// Floats that a kernel reads.
package typealias In = UnsafePointer<Float>
/// Floats that a kernel writes.
package typealias Out = UnsafeMutablePointer<Float>

/// The loops over floats of one instruction level, as function values: chosen once, at start-up.
///
/// Nothing here knows threads: each function works on the part that it is given. Every pointer is valid for what the
/// shapes beside it say; the room `Kernels` checks that before it calls.
package struct KernelSet: Sendable {
    /// The level's name, as `InstructionLevel` has it.
    package let name: String
    /// Columns in one packed panel of a product's right side.
    package let panelWidth: Int
    /// Rows of a product that are computed together.
    package let tileRows: Int

    /// `C (+)= A·B` for one block.
    package var product: @Sendable (ProductBlock) -> Void
    /// Packs `[k, n]` into panels of `panelWidth` columns, the last one filled up with zeros.
    package var packPanels: @Sendable (_ k: Int, _ n: Int, _ b: In, _ row: Int, _ column: Int, _ out: Out) -> Void
    /// Packs columns of `[rows, columns]` as the left side of a transposed product, in groups of `tileRows`, and adds
    /// them up into `sums`, where given.
    package var packColumns:
        @Sendable (_ rows: Int, _ columns: Int, _ x: In, _ row: Int, _ sums: Out?, _ out: Out) -> Void

    /// What follows a product: bias, activation, residual.
    package let finishLinear: @Sendable (LinearFinish) -> Void
    /// From the gradient of an activation's output to that of its input.
    package let activationGradient: @Sendable (ActivationBlock) -> Void
    /// `out = a ∘ b`.
    package let multiply: @Sendable (_ count: Int, _ a: In, _ b: In, _ out: Out) -> Void
    /// `y += scale · x`.
    package let addScaled: @Sendable (_ count: Int, _ scale: Float, _ x: In, _ y: Out) -> Void
    /// `Σ a·b`, in a fixed order.
    package let dot: @Sendable (_ count: Int, _ a: In, _ b: In) -> Float
    /// `out = exp(x − shift)`; returns the sum.
    package let exponentials: @Sendable (_ count: Int, _ x: In, _ shift: Float, _ out: Out) -> Float

    /// Layer norm of some rows; keeps mean and reciprocal deviation of each.
    package let layerNorm: @Sendable (LayerNormBlock) -> Void
    /// Its gradient, adding to `dx`, `dGain` and `dBias`.
    package let layerNormGradient: @Sendable (LayerNormBlock) -> Void

    /// Attention of one head over one sequence.
    package var attention: @Sendable (AttentionHead) -> Void
    /// Its gradient.
    package var attentionGradient: @Sendable (AttentionHead) -> Void
    /// Floats of scratch that either needs.
    package let attentionScratch: @Sendable (_ tokens: Int, _ headWidth: Int) -> Int

    /// One AdamW update of `count` floats.
    package let adamW: @Sendable (_ count: Int, AdamWFactors, _ g: In, _ w: Out, _ m: Out, _ v: Out) -> Void

    /// The loops over bytes, codes and half-precision floats, of which a search through many vectors consists.
    package let search: SearchKernels

    /// A table of one level's loops.
    package init(
        name: String, panelWidth: Int, tileRows: Int, product: @escaping @Sendable (ProductBlock) -> Void,
        packPanels: @escaping @Sendable (Int, Int, In, Int, Int, Out) -> Void,
        packColumns: @escaping @Sendable (Int, Int, In, Int, Out?, Out) -> Void,
        finishLinear: @escaping @Sendable (LinearFinish) -> Void,
        activationGradient: @escaping @Sendable (ActivationBlock) -> Void,
        multiply: @escaping @Sendable (Int, In, In, Out) -> Void,
        addScaled: @escaping @Sendable (Int, Float, In, Out) -> Void,
        dot: @escaping @Sendable (Int, In, In) -> Float,
        exponentials: @escaping @Sendable (Int, In, Float, Out) -> Float,
        layerNorm: @escaping @Sendable (LayerNormBlock) -> Void,
        layerNormGradient: @escaping @Sendable (LayerNormBlock) -> Void,
        attention: @escaping @Sendable (AttentionHead) -> Void,
        attentionGradient: @escaping @Sendable (AttentionHead) -> Void,
        attentionScratch: @escaping @Sendable (Int, Int) -> Int,
        adamW: @escaping @Sendable (Int, AdamWFactors, In, Out, Out, Out) -> Void, search: SearchKernels
    ) {
        self.name = name
        self.panelWidth = panelWidth
        self.tileRows = tileRows
        self.product = product
        self.packPanels = packPanels
        self.packColumns = packColumns
        self.finishLinear = finishLinear
        self.activationGradient = activationGradient
        self.multiply = multiply
        self.addScaled = addScaled
        self.dot = dot
        self.exponentials = exponentials
        self.layerNorm = layerNorm
        self.layerNormGradient = layerNormGradient
        self.attention = attention
        self.attentionGradient = attentionGradient
        self.attentionScratch = attentionScratch
        self.adamW = adamW
        self.search = search
    }
}
