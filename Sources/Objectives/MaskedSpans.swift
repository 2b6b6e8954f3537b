public import Autodiff

/// Tokens in a row are hidden, and the tower must guess them from what stands around.
///
/// Joshi et al. 2020 (SpanBERT), section 3.1: spans of 1 to 10 tokens, 3.8 on the average, of 15 % in all. Chance level is the
/// logarithm of the number of tokens.
public struct MaskedSpans: Objective {
    /// `span`.
    public static let name = "span"
    /// Texts, captions among them.
    public static let learnsFrom = "texts or captions"
    private var head: TokenHead?

    /// The published settings.
    public init() {}

    /// Texts with hidden tokens.
    public var needs: Set<BatchNeed> { [.maskedTokens(.spans)] }

    /// What guesses tokens.
    public mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore) {
        head = TokenHead("objective.span", setting, in: &store)
    }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        batch.needed(head, "a declared head")
            .loss(of: batch.needed(batch.maskedTokens[.spans], "hidden tokens"), on: &tape)
    }

    /// The logarithm of the number of tokens.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        head?.chanceLoss(batch.needed(batch.maskedTokens[.spans], "hidden tokens"))
    }
}
