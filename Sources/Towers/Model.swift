public import Autodiff
import Foundation
public import Layers
public import Tensors

/// Two towers that embed pictures and captions in the same space, and the scale of their cosines.
///
/// The model says where its parameters lie in the store, and how embeddings are computed from them. Their names are
/// those of transformers' `CLIPModel`: `vision_model.`, `text_model.`, and the towers' own names behind. A locked tower
/// is no part of it: its features (`LockedTower`) come from outside, and only their projection belongs to the model.
public struct Model: Sendable {
    /// What it is made of.
    public let plan: ModelPlan
    let vision: VisionTower?
    let text: TextTower?
    private let imageProjection, textProjection: Projection?
    private let scale: Tensor?

    static let visionPrefix = "vision_model.", textPrefix = "text_model."

    /// Declares the model's parameters in `store`, but for those of the towers in `locked`.
    ///
    /// - Parameters:
    ///   - dropout: The share of a projection's hidden numbers that a recorded step sets to zero.
    ///   - tuning: How far back a recorded step differentiates towers that come trained; all the way where nil.
    public init(
        _ plan: ModelPlan, without locked: Set<TowerSide> = [], dropout: Float = 0, tuning: FineTuning? = nil,
        in store: inout ParameterStore
    ) {
        self.init(
            plan, towers: Set(TowerSide.allCases).subtracting(locked), projections: Set(TowerSide.allCases),
            hasLogitScale: true, dropout: dropout, tuning: tuning, in: &store)
    }

    /// Declares the parameters of one of the plan's towers, and nothing else: no other tower, no projection, and a scale of
    /// cosines only where `hasLogitScale` asks for one. Features are its embeddings.
    public init(
        _ plan: ModelPlan, only side: TowerSide, hasLogitScale: Bool = false, tuning: FineTuning? = nil,
        in store: inout ParameterStore
    ) {
        self.init(
            plan, towers: [side], projections: [], hasLogitScale: hasLogitScale, dropout: 0, tuning: tuning, in: &store)
    }

    private init(
        _ plan: ModelPlan, towers: Set<TowerSide>, projections: Set<TowerSide>, hasLogitScale: Bool, dropout: Float,
        tuning: FineTuning?, in store: inout ParameterStore
    ) {
        func projection(_ side: TowerSide, in store: inout ParameterStore) -> Projection? {
            guard projections.contains(side) else { return nil }
            return Projection(
                side == .image ? plan.imageProjection : plan.textProjection, width: plan.featureWidth(side),
                embedDim: plan.embedDim, dropout: dropout, in: &store)
        }
        self.plan = plan
        scale =
            hasLogitScale
            ? store.declare("logit_scale", [], .constant(Float(log(1 / 0.07))), decays: false) : nil
        text =
            towers.contains(.text)
            ? TextTower(Self.textPrefix, plan.text, tuning: TowerTuning(tuning, of: .text, plan), in: &store) : nil
        textProjection = projection(.text, in: &store)
        vision =
            towers.contains(.image)
            ? VisionTower(Self.visionPrefix, plan.vision, tuning: TowerTuning(tuning, of: .image, plan), in: &store)
            : nil
        imageProjection = projection(.image, in: &store)
    }

    /// `ln s`, where `s` multiplies the cosines; `[]`. It begins at `ln(1 / 0.07)` — Radford et al. 2021, section 2.5. The
    /// model must have one.
    public var logLogitScale: Tensor {
        guard let scale else { preconditionFailure("the model was made without a scale of cosines") }
        return scale
    }

    /// Whether the model has a scale of cosines.
    public var hasLogitScale: Bool { scale != nil }

    /// Length of an embedding of this tower: that of its features where it has no projection.
    public func embedDim(_ side: TowerSide) -> Int {
        projection(of: side) == nil ? plan.featureWidth(side) : plan.embedDim
    }

    private func projection(of side: TowerSide) -> Projection? { side == .image ? imageProjection : textProjection }

    /// Shapes as files have them, where they differ from the store's, by parameter.
    var fileShapes: [String: [Int]] { vision?.fileShapes ?? [:] }

    /// What is added to the weights of towers that learn by low-rank updates.
    public var lowRankUpdates: [LowRankUpdate] {
        (vision?.blocks.lowRankUpdates ?? []) + (text?.blocks.lowRankUpdates ?? [])
    }

    /// The layers of a tower's projection: each a matrix `[outputs, inputs]` and its bias, where it has one. The first one's
    /// inputs are the tower's features. None where it has no projection.
    public func layers(of side: TowerSide) -> [(weight: Tensor, bias: Tensor?)] {
        projection(of: side)?.parameters ?? []
    }

    /// Embeds pictures: `[batch, embedDim]`, rows of length 1.
    ///
    /// `patches` is `[batch·patches, 3·patchSize·patchSize]`, each row in the order channel, row, column. The picture
    /// tower must not be locked. Where `places` is given, the rows are some patches of each picture, as many of one as of
    /// another, and `places` tells which. `gridSide` is the number of patches along each side, where pictures are smaller
    /// than the model's own: positions are resized to it.
    public func embed(
        patches: Tensor, gridSide: Int? = nil, places: [Int]? = nil, batch: Int, on tape: inout Tape
    ) -> Tensor {
        let mark = tape.mark
        let features = features(patches: patches, gridSide: gridSide, places: places, batch: batch, on: &tape)
        return tape.release(to: mark, keeping: embed(features, of: .image, on: &tape))
    }

    /// Embeds captions: `[captions, embedDim]`, rows of length 1.
    ///
    /// `tokens` are the captions' ids, packed: each caption is one segment that ends at its end token. The caption tower
    /// must not be locked.
    public func embed(tokens: [Int32], segments: Segments, on tape: inout Tape) -> Tensor {
        let mark = tape.mark, features = features(tokens: tokens, segments: segments, on: &tape)
        return tape.release(to: mark, keeping: embed(features, of: .text, on: &tape))
    }

    /// Embeds what a tower made: `features` is `[rows, featureWidth]`, the result `[rows, embedDim]`, rows of length 1.
    /// Without a projection these are the features themselves.
    public func embed(_ features: Tensor, of side: TowerSide, on tape: inout Tape) -> Tensor {
        tape.normalizeRows(projection(of: side)?.apply(to: features, on: &tape) ?? features)
    }
}
