public import Autodiff
import Tensors

/// Patches are hidden behind a learnt row, and one layer must draw them from what the tower makes of that place.
///
/// `mean over hidden pixels of |x̂ − x|` of pixels as the tower sees them — Xie et al. 2022, section 3 and equation 1, with
/// its share of 60 % (table 1).
public struct SimMIM: Objective {
    /// `simmim`.
    public static let name = "simmim"
    /// Pictures alone.
    public static let learnsFrom = "pictures"
    /// The share of patches that are hidden, per cent.
    public var hiddenPercent = 60
    /// The row that hides.
    public private(set) var maskRow: Tensor?  // [imageWidth]
    private var weight, bias: Tensor?  // [patchWidth, imageWidth] and [patchWidth]

    /// The published settings.
    public init() {}

    /// Masked patches.
    public var needs: Set<BatchNeed> { [.maskedPatches(hiddenPercent: hiddenPercent)] }

    /// The row that hides, and the layer that draws.
    public mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore) {
        let deviation = 1 / Float(setting.imageWidth).squareRoot()
        maskRow = store.declare(
            "objective.simmim.mask_token", [setting.imageWidth], .normal(deviation: 0.02), decays: false)
        weight = store.declare(
            "objective.simmim.weight", [setting.patchWidth, setting.imageWidth], .normal(deviation: deviation),
            decays: true)
        bias = store.declare("objective.simmim.bias", [setting.patchWidth], .zeros, decays: false)
    }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        let seen = batch.needed(batch.maskedPatches[hiddenPercent], "masked patches"), hidden = seen.hiddenRows
        let length = seen.patchesPerPicture + seen.extraRows
        let places = seen.hidden.enumerated().flatMap { picture, places in
            places.map { picture * length + seen.extraRows + $0 }
        }
        let rows = tape.gatherRows(seen.rows, places)  // [hidden, imageWidth]
        let pixels = tape.linear(rows, weight: batch.needed(weight, "a declared layer"), bias: bias)
        return tape.meanAbsoluteDistance(pixels, tape.gatherRows(seen.patches, hidden))
    }

    /// There is no number for knowing nothing: it depends on the pictures.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? { nil }
}
