import Autodiff
import Tensors

/// Captions, as tokens, to embeddings: a causal transformer whose last row has seen the whole caption. Radford et al. 2021.
///
/// Captions are packed: each ends at its end token, and nothing behind it is stored or computed.
struct TextTower: Sendable {
    private let settings: TextConfiguration
    private let tokens: Tensor  // [vocabSize, width]
    private let positions: Tensor  // [contextLength, width]
    private let blocks: BlockStack
    private let norm: LayerNorm
    private let projection: Tensor  // [embedDim, width]

    /// Initial weights as published: deviation 0.02 for tokens, 0.01 for positions, `width^-½` for the projection.
    init(_ settings: TextConfiguration, quickGELU: Bool, embedDim: Int, in store: inout ParameterStore) {
        self.settings = settings
        let width = settings.width, name = "text_model"
        tokens = store.declare(
            "\(name).embeddings.token_embedding.weight", [settings.vocabSize, width], .normal(deviation: 0.02),
            decays: false)
        positions = store.declare(
            "\(name).embeddings.position_embedding.weight", [settings.contextLength, width],
            .normal(deviation: 0.01), decays: false)
        blocks = BlockStack(
            "\(name).encoder",
            BlockSettings(
                width: width, heads: settings.heads, hiddenWidth: settings.hiddenWidth, layers: settings.layers,
                causal: true, quickGELU: quickGELU),
            in: &store)
        norm = LayerNorm("\(name).final_layer_norm", width: width, in: &store)
        projection = store.declare(
            "text_projection.weight", [embedDim, width], .normal(deviation: 1 / Float(width).squareRoot()),
            decays: true)
    }

    /// `ids` are the tokens of all captions, one behind the other; the result is `[captions, embedDim]`.
    func embed(tokens ids: [Int32], _ segments: Segments, on tape: inout Tape) -> Tensor {
        precondition(
            segments.longest <= settings.contextLength && segments.rowCount == ids.count,
            "\(ids.count) tokens in segments of up to \(segments.longest), context length \(settings.contextLength)")
        precondition((0..<segments.count).allSatisfy { !segments[$0].isEmpty }, "a caption has at least its end token")
        let mark = tape.mark
        var x = tape.embedTokens(ids, segments: segments, table: tokens, positions: positions)
        let ends = (0..<segments.count).map { segments[$0].upperBound - 1 }
        x = blocks.apply(to: x, segments, keeping: ends, since: mark, on: &tape)  // [captions, width]
        x = norm.apply(to: x, on: &tape)
        return tape.linear(x, weight: projection, bias: nil)
    }
}
