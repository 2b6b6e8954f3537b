public import Autodiff
import Kernels
import Tensors

/// MoCo v3: a view must pick the other view of its picture from what a slow copy of the tower made of the batch.
///
/// `2τ·½·[CE(q₁·k₂ᵀ/τ) + CE(q₂·k₁ᵀ/τ)]` — Chen et al. 2021, algorithm 1: `q` passes tower, head and predictor, `k` the slow
/// copies of tower and head, which follow with a momentum that rises from 0.99 to 1 along a half cosine (section 4.1). τ is
/// 0.2. The factor 2τ is left out, so that the loss is in nats and chance is `ln(batch)`. The same picture twice in a batch
/// is no negative.
public struct MoCo: Objective {
    /// `moco`.
    public static let name = "moco"
    /// Pictures alone.
    public static let learnsFrom = "pictures"
    /// τ: what cosines are divided by.
    public var temperature: Float = 0.2
    /// What the slow copy keeps of itself at a step, at the beginning.
    public var momentum: Float = 0.99
    /// Length of the vectors that are compared.
    public var headWidth = 128
    private var heads: Heads?

    private struct Heads {
        let head, predictor, slow: ProjectionHead
    }

    /// The published settings.
    public init() {}

    /// Two views, through the tower and through its slow copy.
    public var needs: Set<BatchNeed> { [.pictureViews, .slowPictureViews] }

    /// Head, predictor, and the head's slow copy.
    public mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore) {
        let widths = [setting.imageWidth, 4 * setting.imageWidth, headWidth], name = "objective.moco"
        heads = Heads(
            head: ProjectionHead("\(name).head", widths: widths, in: &store),
            predictor: ProjectionHead(
                "\(name).predictor", widths: [headWidth, 4 * setting.imageWidth, headWidth], in: &store),
            slow: store.declareCopy(named: "slow.") { ProjectionHead("\(name).head", widths: widths, in: &$0) })
    }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        let views = batch.needed(batch.pictureViews, "views"), heads = batch.needed(heads, "declared heads")
        let slow = batch.needed(batch.slowPictureViews, "views of a slow tower")
        let scale = tape.constant(-naturalLogarithm(temperature))
        func part(_ view: Tensor, _ other: Tensor, on tape: inout Tape) -> Tensor {
            let query = heads.predictor.apply(to: heads.head.apply(to: view, on: &tape), on: &tape)
            let key = tape.withoutRecording { heads.slow.apply(to: other, on: &$0) }
            let logits = tape.similarities(query, key, logScale: scale)  // [batch, batch]
            return tape.crossEntropy(
                logits, targets: (0..<views.count).map { Int32($0) }, ignoring: views.duplicates)
        }
        let first = part(views.first, slow.second, on: &tape), second = part(views.second, slow.first, on: &tape)
        return tape.weightedSum([(first, 0.5), (second, 0.5)])
    }

    /// `ln(batch)`, less where the same picture stands twice.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        let views = batch.needed(batch.pictureViews, "views")
        return chanceOfChoice(views.count, ignoring: views.duplicates)
    }

    /// Rises from `momentum` to 1.
    public func slowMomentum(progress: Double) -> Float { Self.slowMomentum(from: momentum, progress: progress) }

    /// The slow head follows.
    public func afterStep(_ batch: EmbeddedBatch, progress: Double, on tape: inout Tape) {
        guard let heads else { return }
        tape.follow(
            heads.slow.parameters, heads.head.parameters,
            share: 1 - slowMomentum(progress: progress))
    }

    /// From `start` to 1 along a half cosine — Grill et al. 2020 (BYOL), section 3.2.
    private static func slowMomentum(from start: Float, progress: Double) -> Float {
        1 - (1 - start) * (cosine(Float(min(max(progress, 0), 1)) * .pi) + 1) / 2
    }
}
