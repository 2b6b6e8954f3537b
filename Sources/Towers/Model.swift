public import Autodiff
import Foundation
public import Tensors

/// Two towers that embed pictures and captions in the same space, and the scale of their cosines.
///
/// The model is a plan: where its parameters lie in the store, and how embeddings are computed from them. Their names are
/// those of transformers' `CLIPModel`.
public struct Model: Sendable {
    /// The shape of both towers.
    public let configuration: ModelConfiguration
    private let vision: VisionTower
    private let text: TextTower
    /// `ln s`, where `s` multiplies the cosines; `[]`. It begins at `ln(1 / 0.07)` — Radford et al. 2021, section 2.5.
    public let logLogitScale: Tensor

    /// Declares the model's parameters in `store`. The settings must have passed `check`.
    public init(_ configuration: ModelConfiguration, in store: inout ParameterStore) {
        self.configuration = configuration
        let embedDim = configuration.embedDim, quickGELU = configuration.quickGELU
        logLogitScale = store.declare("logit_scale", [], .constant(Float(log(1 / 0.07))), decays: false)
        text = TextTower(configuration.text, quickGELU: quickGELU, embedDim: embedDim, in: &store)
        vision = VisionTower(configuration.vision, quickGELU: quickGELU, embedDim: embedDim, in: &store)
    }

    /// Embeds pictures: `[batch, embedDim]`, rows of length 1.
    ///
    /// `patches` is `[batch·patches, 3·patchSize·patchSize]`, each row in the order channel, row, column.
    public func embed(patches: Tensor, batch: Int, on tape: inout Tape) -> Tensor {
        let mark = tape.mark
        return tape.release(
            to: mark, keeping: tape.normalizeRows(vision.embed(patches: patches, batch: batch, on: &tape)))
    }

    /// Embeds captions: `[captions, embedDim]`, rows of length 1.
    ///
    /// `tokens` are the captions' ids, packed: each caption is one segment that ends at its end token.
    public func embed(tokens: [Int32], segments: Segments, on tape: inout Tape) -> Tensor {
        let mark = tape.mark
        return tape.release(to: mark, keeping: tape.normalizeRows(text.embed(tokens: tokens, segments, on: &tape)))
    }
}
