public import Autodiff
import Foundation
public import Tensors

/// Two towers that embed pictures and captions in the same space, and the scale of their cosines.
///
/// The model says where its parameters lie in the store, and how embeddings are computed from them. Their names are
/// those of transformers' `CLIPModel`: `vision_model.`, `text_model.`, and the towers' own names behind.
public struct Model: Sendable {
    /// What it is made of.
    public let plan: ModelPlan
    private let vision: VisionTower
    private let text: TextTower
    private let imageProjection, textProjection: Projection
    /// `ln s`, where `s` multiplies the cosines; `[]`. It begins at `ln(1 / 0.07)` — Radford et al. 2021, section 2.5.
    public let logLogitScale: Tensor

    static let visionPrefix = "vision_model.", textPrefix = "text_model."

    /// Declares the model's parameters in `store`.
    public init(_ plan: ModelPlan, in store: inout ParameterStore) {
        self.plan = plan
        logLogitScale = store.declare("logit_scale", [], .constant(Float(log(1 / 0.07))), decays: false)
        text = TextTower(Self.textPrefix, plan.text, in: &store)
        textProjection = Projection(
            plan.textProjection, width: plan.text.featureWidth, embedDim: plan.embedDim, in: &store)
        vision = VisionTower(Self.visionPrefix, plan.vision, in: &store)
        imageProjection = Projection(
            plan.imageProjection, width: plan.vision.featureWidth, embedDim: plan.embedDim, in: &store)
    }

    /// Shapes as files have them, where they differ from the store's, by parameter.
    var fileShapes: [String: [Int]] { vision.fileShapes }

    /// Embeds pictures: `[batch, embedDim]`, rows of length 1.
    ///
    /// `patches` is `[batch·patches, 3·patchSize·patchSize]`, each row in the order channel, row, column.
    public func embed(patches: Tensor, batch: Int, on tape: inout Tape) -> Tensor {
        let mark = tape.mark, features = vision.encode(patches: patches, batch: batch, on: &tape)
        return tape.release(
            to: mark, keeping: tape.normalizeRows(imageProjection.apply(to: features, on: &tape)))
    }

    /// Embeds captions: `[captions, embedDim]`, rows of length 1.
    ///
    /// `tokens` are the captions' ids, packed: each caption is one segment that ends at its end token.
    public func embed(tokens: [Int32], segments: Segments, on tape: inout Tape) -> Tensor {
        let mark = tape.mark, features = text.encode(tokens: tokens, segments, on: &tape)
        return tape.release(
            to: mark, keeping: tape.normalizeRows(textProjection.apply(to: features, on: &tape)))
    }
}
