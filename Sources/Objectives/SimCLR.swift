public import Autodiff
import Kernels

/// NT-Xent: of the 2·batch − 1 other views of a batch, each view must pick the one of its own picture.
///
/// `−log (exp(cos(z_i, z_j)/τ) / Σ_{k≠i} exp(cos(z_i, z_k)/τ))`, mean over both views — Chen et al. 2020, equation 1, with
/// the projection head of section 4.2. τ is the paper's 0.1 (table 5), which batches of 128 take as well. The same picture
/// twice in a batch is no negative. Chance level is `ln(2·batch − 1)`.
public struct SimCLR: Objective {
    /// `simclr`.
    public static let name = "simclr"
    /// Pictures alone.
    public static let learnsFrom = "pictures"
    /// τ: what cosines are divided by.
    public var temperature: Float = 0.1
    /// Length of the vectors that are compared.
    public var headWidth = 128
    private var head: ProjectionHead?

    /// The published loss.
    public init() {}

    /// Two views.
    public var needs: Set<BatchNeed> { [.pictureViews] }

    /// The head.
    public mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore) {
        head = ProjectionHead(
            "objective.simclr.head", widths: [setting.imageWidth, 4 * setting.imageWidth, headWidth], in: &store)
    }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        let views = batch.needed(batch.pictureViews, "views"), head = batch.needed(head, "a declared head")
        let rows = head.apply(to: tape.joinRows(views.first, views.second), on: &tape)  // [2·batch, headWidth]
        return contrast(rows, views.ids, on: &tape)
    }

    /// NT-Xent of unit rows `[2·batch, width]`, the second views behind the first ones.
    func contrast(_ rows: Tensor, _ ids: [Int], on tape: inout Tape) -> Tensor {
        let n = ids.count
        let logits = tape.similarities(rows, rows, logScale: tape.constant(-naturalLogarithm(temperature)))
        return tape.crossEntropy(
            logits, targets: (0..<2 * n).map { Int32(($0 + n) % (2 * n)) }, ignoring: ignored(ids))
    }

    /// `ln(2·batch − 1)`, less where the same picture stands twice.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        let views = batch.needed(batch.pictureViews, "views")
        return chanceOfChoice(2 * views.count, ignoring: ignored(views.ids))
    }

    /// `[2n · 2n]`: a view itself, and views of the same picture but for the partner.
    private func ignored(_ ids: [Int]) -> [Bool] {
        let n = ids.count
        return (0..<4 * n * n).map { at in
            let (i, j) = (at / (2 * n), at % (2 * n))
            return i == j || ids[i % n] == ids[j % n] && j != (i + n) % (2 * n)
        }
    }
}
