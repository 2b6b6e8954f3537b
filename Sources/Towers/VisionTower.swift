import Autodiff
import Kernels
import Tensors

/// What a vision transformer is made of: every architecture that is read here is a value of this.
struct VisionPlan: Sendable, Equatable {
    var imageSize, patchSize: Int
    var blocks: BlockSettings
    var pooling: ImagePooling
    var registers = 0
    var hasPatchBias = false
    var names = VisionNames.clip

    var patchesPerSide: Int { imageSize / patchSize }
    var patches: Int { patchesPerSide * patchesPerSide }
    var patchWidth: Int { 3 * patchSize * patchSize }
    /// Rows of a picture before its patches.
    var extraRows: Int { (names.classToken == nil ? 0 : 1) + registers }
    /// Length of what `encode` makes of a picture.
    var featureWidth: Int { pooling == .classAndMean ? 2 * blocks.width : blocks.width }
}

/// How the rows of a picture become one.
public enum ImagePooling: String, Codable, Sendable, CaseIterable {
    /// The class token's row.
    case classToken = "class"
    /// The mean of the patches' rows.
    case mean
    /// Both, one behind the other.
    case classAndMean = "class+mean"
    /// A learnt query gathers the patches' rows — Zhai et al. 2022, section 3.2.
    case attention
}

/// How the parameters outside the blocks are called; what is nil does not exist.
struct VisionNames: Sendable, Equatable {
    var classToken: String?
    var registers: String?
    var patches, positions: String
    var normBefore: String?
    var normAfter: String
    /// What stands before the names of the attention pooling's parameters.
    var head: String?
    /// Whether files store tokens and positions as a batch of one: `[1, rows, width]`.
    var hasBatchAxis = false

    static let clip = VisionNames(
        classToken: "embeddings.class_embedding", patches: "embeddings.patch_embedding",
        positions: "embeddings.position_embedding.weight", normBefore: "pre_layrnorm", normAfter: "post_layernorm")
}

/// Pictures, cut into patches, to one row each: a vision transformer. Dosovitskiy et al. 2021.
///
/// A patch is multiplied into a row, a class token is put before the rows, each place has its own row added; then come the
/// blocks, and a layer norm behind them. CLIP has one before them too, DINOv2 register tokens beside the class token
/// (Darcet et al. 2024), SigLIP no class token.
struct VisionTower: Sendable {
    let plan: VisionPlan
    /// What of it learns.
    let tuning: TowerTuning
    /// Shapes as files have them, where they differ from the store's, by parameter.
    private(set) var fileShapes: [String: [Int]] = [:]
    private let classToken: Tensor?  // [width]
    private let registers: Tensor?  // [registers, width]
    private let patchWeight: Tensor  // [width, 3·patchSize·patchSize]
    private let patchBias: Tensor?  // [width]
    private let positions: Tensor  // [patches + 1, width], or without the 1 where there is no class token
    private let normBefore: LayerNorm?
    private let normAfter: LayerNorm
    let blocks: BlockStack
    private let head: AttentionPooling?

    /// `name` is what stands before the names of all parameters: nothing, or it ends with a dot.
    ///
    /// Initial weights: those of open_clip, `width^-½` for class token and projection, PyTorch's own for the patches
    /// (deviation `(3·inputs)^-½`); the blocks as the caption tower's. Positions begin as waves (`sineCosinePositions`):
    /// random rows must first be told apart before left can be told from right.
    init(_ name: String, _ plan: VisionPlan, tuning: TowerTuning = TowerTuning(), in store: inout ParameterStore) {
        (self.plan, self.tuning) = (plan, tuning)
        let names = plan.names, width = plan.blocks.width, patch = plan.patchSize
        let deviation = 1 / Float(width).squareRoot(), patchDeviation = 1 / Float(3 * plan.patchWidth).squareRoot()
        classToken = names.classToken.map {
            store.declare("\(name)\($0)", [width], .normal(deviation: deviation), decays: false)
        }
        registers = names.registers.map {
            store.declare("\(name)\($0)", [plan.registers, width], .normal(deviation: deviation), decays: false)
        }
        let patches = "\(name)\(names.patches).weight"
        patchWeight = store.declare(
            patches, [width, plan.patchWidth], .normal(deviation: patchDeviation), decays: true)
        fileShapes[patches] = [width, 3, patch, patch]
        patchBias =
            plan.hasPatchBias ? store.declare("\(name)\(names.patches).bias", [width], .zeros, decays: false) : nil
        let waves = sineCosinePositions(side: plan.patchesPerSide, width: width)
        positions = store.declare(
            "\(name)\(names.positions)", [plan.patches + (classToken == nil ? 0 : 1), width],
            .values(classToken == nil ? Array(waves[width...]) : waves), decays: false)
        func norm(_ part: String, in store: inout ParameterStore) -> LayerNorm {
            LayerNorm("\(name)\(part)", width: width, epsilon: plan.blocks.epsilon, in: &store)
        }
        normBefore = names.normBefore.map { norm($0, in: &store) }
        blocks = BlockStack(name, plan.blocks, rank: tuning.rank, in: &store)
        normAfter = norm(names.normAfter, in: &store)
        head = names.head.map { AttentionPooling("\(name)\($0)", plan.blocks, in: &store) }
        if names.hasBatchAxis {
            for (part, tensor) in [
                (names.classToken, classToken), (names.registers, registers), (names.positions, positions),
            ] {
                guard let part, let tensor else { continue }
                fileShapes["\(name)\(part)"] = [1, tensor.rowCount, width]
            }
        }
        if let head = names.head { fileShapes["\(name)\(head).probe"] = [1, 1, width] }
    }

    /// `patches` is `[batch·patches, 3·patchSize·patchSize]`; the result is `[batch, plan.featureWidth]`.
    ///
    /// `gridSide` is the number of patches along each side, where pictures are smaller than the tower's own. Where `places` is given, each picture shows as many of its
    /// patches as the others, and `places` tells for every row which one it is.
    func encode(
        patches: Tensor, gridSide: Int? = nil, places: [Int]? = nil, batch: Int, on tape: inout Tape
    ) -> Tensor {
        let gridSide = gridSide ?? plan.patchesPerSide
        let shown = places.map { $0.count / batch } ?? gridSide * gridSide
        precondition(
            patches.shape == [batch * shown, plan.patchWidth],
            "\(batch) pictures have \([batch * shown, plan.patchWidth]) patches, found \(patches.shape)")
        let mark = tape.mark, extra = plan.extraRows, length = shown + extra
        var x =
            tuning.frozenBlocks == nil
            ? assemble(patches, gridSide, places, batch, &tape)
            : tape.withoutRecording { assemble(patches, gridSide, places, batch, &$0) }
        let segments = Segments(count: batch, length: length)
        if plan.pooling == .classToken {
            x = blocks.apply(  // [batch, width]
                to: x, segments, keeping: .first, since: mark, frozen: tuning.frozenBlocks ?? 0, on: &tape)
            return normAfter.apply(to: x, on: &tape)
        }
        x = blocks.apply(to: x, segments, since: mark, frozen: tuning.frozenBlocks ?? 0, on: &tape)
        if let head, plan.pooling == .attention {
            return head.apply(to: normAfter.apply(to: x, on: &tape), segments, on: &tape)
        }
        if plan.pooling == .mean && extra > 0 {
            x = tape.gatherRows(x, (0..<batch * length).filter { $0 % length >= extra })
        }
        x = normAfter.apply(to: x, on: &tape)
        guard plan.pooling == .classAndMean else {
            return tape.meanRows(x, segments: Segments(count: batch, length: shown))
        }
        let classRows = tape.gatherRows(x, (0..<batch).map { $0 * length })
        let patchRows = tape.gatherRows(x, (0..<batch * length).filter { $0 % length >= extra })
        let mean = tape.meanRows(patchRows, segments: Segments(count: batch, length: shown))
        return tape.joinColumns(classRows, mean)
    }
}

extension VisionTower {
    /// What enters the first block: a row a patch, and the extra rows before them.
    private func assemble(
        _ patches: Tensor, _ gridSide: Int, _ places: [Int]?, _ batch: Int, _ tape: inout Tape
    ) -> Tensor {
        let rows = tape.linear(patches, weight: patchWeight, bias: patchBias)
        let own = PositionGrid(side: plan.patchesPerSide, extra: classToken == nil ? 0 : 1)
        let positions =
            gridSide == own.side
            ? positions : tape.mixRows(positions, own.shares(for: PositionGrid(side: gridSide, extra: own.extra)))
        let x = tape.assemblePatches(
            rows, classToken: classToken, registers: registers, positions: positions, batch: batch,
            places: places)
        return normBefore?.apply(to: x, on: &tape) ?? x
    }
}

/// A learnt query gathers all rows of a picture, then passes a hidden layer: "MAP", Zhai et al. 2022, section 3.2.
struct AttentionPooling: Sendable {
    private let settings: BlockSettings
    private let probe: Tensor  // [1, width]
    private let inWeight, inBias: Tensor  // [3·width, width] and [3·width]: query, keys, values
    private let outWeight, outBias: Tensor  // [width, width] and [width]
    private let norm: LayerNorm
    private let fc1Weight, fc1Bias: Tensor  // [hiddenWidth, width] and [hiddenWidth]
    private let fc2Weight, fc2Bias: Tensor  // [width, hiddenWidth] and [width]

    init(_ name: String, _ settings: BlockSettings, in store: inout ParameterStore) {
        self.settings = settings
        let width = settings.width, hidden = settings.hiddenWidth, deviation = 1 / Float(width).squareRoot()
        func declare(_ part: String, _ shape: Shape, in store: inout ParameterStore) -> Tensor {
            let isMatrix = shape.rank == 2
            return store.declare(
                "\(name).\(part)", shape, isMatrix ? .normal(deviation: deviation) : .zeros, decays: isMatrix)
        }
        probe = declare("probe", [1, width], in: &store)
        inWeight = declare("attention.in_proj_weight", [3 * width, width], in: &store)
        inBias = declare("attention.in_proj_bias", [3 * width], in: &store)
        outWeight = declare("attention.out_proj.weight", [width, width], in: &store)
        outBias = declare("attention.out_proj.bias", [width], in: &store)
        norm = LayerNorm("\(name).layernorm", width: width, epsilon: settings.epsilon, in: &store)
        fc1Weight = declare("mlp.fc1.weight", [hidden, width], in: &store)
        fc1Bias = declare("mlp.fc1.bias", [hidden], in: &store)
        fc2Weight = declare("mlp.fc2.weight", [width, hidden], in: &store)
        fc2Bias = declare("mlp.fc2.bias", [width], in: &store)
    }

    /// `x` is `[rows, width]`; the result is `[segments, width]`.
    func apply(to x: Tensor, _ segments: Segments, on tape: inout Tape) -> Tensor {
        let width = settings.width, others = width..<3 * width
        let query = tape.linear(probe, weight: inWeight.rows(0..<width), bias: inBias.rows(0..<width))
        let queries = tape.gatherRows(query, [Int](repeating: 0, count: segments.count))
        let keysAndValues = tape.linear(x, weight: inWeight.rows(others), bias: inBias.rows(others))
        let mixed = tape.pooledAttention(queries, keysAndValues, segments: segments, heads: settings.heads)
        let pooled = tape.linear(mixed, weight: outWeight, bias: outBias)
        let hidden = tape.linear(
            norm.apply(to: pooled, on: &tape), weight: fc1Weight, bias: fc1Bias, activation: settings.activation)
        return tape.linear(hidden, weight: fc2Weight, bias: fc2Bias, adding: pooled)
    }
}
