import Autodiff
import Kernels
import Layers
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
    /// What stands before the names of the attention pooling's parameters; nil where there are none.
    var headName: String? { names.head ?? (pooling == .attention ? Self.ownHead : nil) }
    /// What stands before those names in a tower whose family has no such pooling.
    static let ownHead = "head"
    /// Length of what `encode` makes of a picture.
    var featureWidth: Int { pooling == .classAndMean ? 2 * blocks.width : blocks.width }
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
        head = plan.headName.map { AttentionPooling("\(name)\($0)", plan.blocks, in: &store) }
        if names.hasBatchAxis {
            for (part, tensor) in [
                (names.classToken, classToken), (names.registers, registers), (names.positions, positions),
            ] {
                guard let part, let tensor else { continue }
                fileShapes["\(name)\(part)"] = [1, tensor.rowCount, width]
            }
        }
        if let head = plan.headName { fileShapes["\(name)\(head).probe"] = [1, 1, width] }
    }

    /// `patches` is `[batch·patches, 3·patchSize·patchSize]`; the result is `[batch, plan.featureWidth]`.
    ///
    /// `gridSide` is the number of patches along each side, where pictures are smaller than the tower's own. Where `places`
    /// is given, each picture shows as many of its patches as the others, and `places` tells for every row which one it is.
    func encode(
        patches: Tensor, gridSide: Int? = nil, places: [Int]? = nil, masked: MaskedPatches? = nil, batch: Int,
        dropout: Float = 0, on tape: inout Tape
    ) -> Tensor {
        let extra = plan.extraRows, shown = patches.rowCount / batch
        let segments = Segments(count: batch, length: shown + extra)
        let kept = plan.pooling == .classToken ? KeptRow.first : nil
        var x = pass(patches, gridSide, places, masked, segments, keeping: kept, dropout: dropout, on: &tape)
        if kept != nil { return normAfter.apply(to: x, on: &tape) }
        guard plan.pooling == .mean && extra > 0 else {
            return pool(normAfter.apply(to: x, on: &tape), segments, on: &tape)
        }
        // Only what is pooled is normalised.
        x = normAfter.apply(to: tape.gatherRows(x, segments.rows(from: extra)), on: &tape)
        return tape.meanRows(x, segments: Segments(count: batch, length: shown))
    }

    /// All rows behind the last norm, `[batch·(extra rows + patches), width]`.
    func rows(
        patches: Tensor, gridSide: Int? = nil, places: [Int]? = nil, masked: MaskedPatches? = nil, batch: Int,
        dropout: Float = 0, on tape: inout Tape
    ) -> Tensor {
        let segments = Segments(count: batch, length: patches.rowCount / batch + plan.extraRows)
        let x = pass(patches, gridSide, places, masked, segments, keeping: nil, dropout: dropout, on: &tape)
        return normAfter.apply(to: x, on: &tape)
    }

    /// Makes one row of each picture's, `[batch, plan.featureWidth]`; `x` is what `rows` made.
    func pool(_ x: Tensor, _ segments: Segments, on tape: inout Tape) -> Tensor {
        func patches(on tape: inout Tape) -> Tensor {
            let rows = plan.extraRows == 0 ? x : tape.gatherRows(x, segments.rows(from: plan.extraRows))
            return tape.meanRows(
                rows, segments: Segments(count: segments.count, length: rows.rowCount / segments.count))
        }
        switch plan.pooling {
        case .classToken: return tape.gatherRows(x, KeptRow.first.rows(of: segments))
        case .mean: return patches(on: &tape)
        case .classAndMean:
            let classRows = tape.gatherRows(x, KeptRow.first.rows(of: segments))
            return tape.joinColumns(classRows, patches(on: &tape))
        case .attention:
            guard let head else { preconditionFailure("attention pooling has a head") }
            return head.apply(to: x, segments, on: &tape)
        }
    }
}

extension VisionTower {
    /// What leaves the last block: all rows, or one a picture where `kept` is given.
    private func pass(
        _ patches: Tensor, _ gridSide: Int?, _ places: [Int]?, _ masked: MaskedPatches?, _ segments: Segments,
        keeping kept: KeptRow?, dropout: Float, on tape: inout Tape
    ) -> Tensor {
        let gridSide = gridSide ?? plan.patchesPerSide, batch = segments.count
        let shown = places.map { $0.count / batch } ?? gridSide * gridSide
        precondition(
            patches.shape == [batch * shown, plan.patchWidth],
            "\(batch) pictures have \([batch * shown, plan.patchWidth]) patches, found \(patches.shape)")
        let mark = tape.mark
        var x =
            tuning.frozenBlocks == nil
            ? assemble(patches, gridSide, places, masked, batch, &tape)
            : tape.withoutRecording { assemble(patches, gridSide, places, masked, batch, &$0) }
        if dropout > 0 { x = tape.dropout(x, share: dropout, segments: segments) }
        return blocks.apply(
            to: x, segments, keeping: kept, dropout: dropout, since: mark, frozen: tuning.frozenBlocks ?? 0, on: &tape)
    }

    /// What enters the first block: a row a patch, and the extra rows before them.
    private func assemble(
        _ patches: Tensor, _ gridSide: Int, _ places: [Int]?, _ masked: MaskedPatches?, _ batch: Int,
        _ tape: inout Tape
    ) -> Tensor {
        var rows = tape.linear(patches, weight: patchWeight, bias: patchBias)
        if let masked { rows = tape.replaceRows(rows, masked.rows, with: masked.row) }
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
