public import Autodiff
import Kernels
import Layers
import Tensors

/// Of a text of which most words are gone, one vector must tell the whole text: a decoder that sees nothing else writes it
/// again, token by token.
///
/// `−Σ log p(x_t | x_<t, h)`, mean over tokens — Wang et al. 2021, section 3 and equation 1. The decoder attends to the
/// pooled row alone, and attention to one row is that row's value for every query: a matrix of it is added before each
/// block. The table of tokens is the tower's own. Chance level is the logarithm of the number of tokens.
public struct TSDAE: Objective {
    /// `tsdae`.
    public static let name = "tsdae"
    /// Texts alone.
    public static let learnsFrom = "texts"
    /// Blocks of the decoder.
    public var layers = 2
    private var parts: Parts?

    private struct Parts {
        let positions: Tensor  // [contextLength, width]
        let values: [(weight: Tensor, bias: Tensor)]  // [width, width] and [width], a block
        let blocks: [BlockStack]
        let head: TokenHead
    }

    /// Two blocks.
    public init() {}

    /// Texts with most words gone.
    public var needs: Set<BatchNeed> { [.deletedTokens] }

    /// The decoder.
    public mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore) {
        let width = setting.textWidth, name = "objective.tsdae"
        let settings = BlockSettings(
            width: width, heads: max(width / 64, 1), hiddenWidth: 4 * width, layers: 1, causal: true)
        parts = Parts(
            positions: store.declare(
                "\(name).positions", [setting.contextLength, width], .normal(deviation: 0.01), decays: false),
            values: (0..<layers).map { number in
                (
                    store.declare(
                        "\(name).values.\(number).weight", [width, width],
                        .normal(deviation: 1 / Float(width).squareRoot()), decays: true),
                    store.declare("\(name).values.\(number).bias", [width], .zeros, decays: false)
                )
            },
            blocks: (0..<layers).map { BlockStack("\(name).decoder.\($0).", settings, in: &store) },
            head: TokenHead(name, setting, in: &store))
    }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        let texts = batch.needed(batch.deletedTokens, "shortened texts"),
            parts = batch.needed(parts, "a declared decoder")
        let segments = texts.segments, mark = tape.mark
        var x = tape.embedTokens(texts.tokens, segments: segments, table: texts.table, positions: parts.positions)
        let owners = (0..<segments.count).flatMap { text in segments[text].map { _ in text } }
        for (value, block) in zip(parts.values, parts.blocks) {
            let row = tape.linear(texts.rows, weight: value.weight, bias: value.bias)  // [batch, width]
            x = tape.add(x, tape.gatherRows(row, owners))
            x = block.apply(to: x, segments, since: mark, on: &tape)
        }
        // Each token but the last predicts the one behind it.
        let asking = (0..<segments.count).flatMap { segments[$0].dropLast() }
        return parts.head.loss(
            of: PredictedTokens(
                rows: tape.gatherRows(x, asking), targets: asking.map { texts.tokens[$0 + 1] }, table: texts.table),
            on: &tape)
    }

    /// The logarithm of the number of tokens.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        naturalLogarithm(Float(batch.needed(batch.deletedTokens, "shortened texts").table.rowCount))
    }
}
