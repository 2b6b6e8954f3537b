import Autodiff
import Tensors

/// Pictures, cut into patches, to embeddings: a vision transformer. Dosovitskiy et al. 2021, as CLIP has it.
///
/// A patch is multiplied into a row, a class token is put before the rows, each place has its own row added, a layer norm
/// comes before the blocks, and one behind them.
struct VisionTower: Sendable {
    private let settings: VisionConfiguration
    private let classToken: Tensor  // [width]
    private let patchWeight: Tensor  // [width, 3·patchSize·patchSize]
    private let positions: Tensor  // [patches + 1, width]
    private let normBefore, normAfter: LayerNorm
    private let blocks: BlockStack
    private let projection: Tensor  // [embedDim, width]

    /// Initial weights: those of open_clip, `width^-½` for class token and projection, PyTorch's own for the patches
    /// (deviation `(3·inputs)^-½`); the blocks as the caption tower's. Positions begin as waves (`sineCosinePositions`):
    /// random rows must first be told apart before left can be told from right.
    init(_ settings: VisionConfiguration, quickGELU: Bool, embedDim: Int, in store: inout ParameterStore) {
        self.settings = settings
        let width = settings.width, name = "vision_model"
        let deviation = 1 / Float(width).squareRoot(), patchDeviation = 1 / Float(3 * settings.patchWidth).squareRoot()
        classToken = store.declare(
            "\(name).embeddings.class_embedding", [width], .normal(deviation: deviation), decays: false)
        patchWeight = store.declare(
            "\(name).embeddings.patch_embedding.weight", [width, settings.patchWidth],
            .normal(deviation: patchDeviation), decays: true)
        positions = store.declare(
            "\(name).embeddings.position_embedding.weight", [settings.patches + 1, width],
            .values(sineCosinePositions(side: settings.patchesPerSide, width: width)), decays: false)
        normBefore = LayerNorm("\(name).pre_layrnorm", width: width, in: &store)
        blocks = BlockStack(
            "\(name).encoder",
            BlockSettings(
                width: width, heads: settings.heads, hiddenWidth: settings.hiddenWidth, layers: settings.layers,
                causal: false, quickGELU: quickGELU),
            in: &store)
        normAfter = LayerNorm("\(name).post_layernorm", width: width, in: &store)
        projection = store.declare(
            "visual_projection.weight", [embedDim, width], .normal(deviation: deviation), decays: true)
    }

    /// `patches` is `[batch·patches, 3·patchSize·patchSize]`; the result is `[batch, embedDim]`.
    func embed(patches: Tensor, batch: Int, on tape: inout Tape) -> Tensor {
        precondition(
            patches.shape == [batch * settings.patches, settings.patchWidth],
            "\(batch) pictures have \([batch * settings.patches, settings.patchWidth]) patches, found \(patches.shape)")
        let mark = tape.mark, length = settings.patches + 1
        let rows = tape.linear(patches, weight: patchWeight, bias: nil)
        var x = tape.assemblePatches(rows, classToken: classToken, positions: positions, batch: batch)
        x = normBefore.apply(to: x, on: &tape)
        let segments = Segments(count: batch, length: length)
        switch settings.pooling {
        case .classToken:
            let classTokens = (0..<batch).map { $0 * length }
            x = blocks.apply(to: x, segments, keeping: classTokens, since: mark, on: &tape)  // [batch, width]
            x = normAfter.apply(to: x, on: &tape)
        case .mean:
            x = blocks.apply(to: x, segments, since: mark, on: &tape)
            let patches = tape.gatherRows(x, (0..<batch * length).filter { $0 % length != 0 })
            x = normAfter.apply(to: patches, on: &tape)
            x = tape.meanRows(x, segments: Segments(count: batch, length: settings.patches))
        }
        return tape.linear(x, weight: projection, bias: nil)
    }
}
