public import Autodiff

/// Tokens here and there are hidden, and the tower must guess them from both sides.
///
/// Devlin et al. 2019 (BERT), section 3.1: of 15 % of the tokens, 80 % are hidden, 10 % exchanged for others, 10 % left as they
/// are. Chance level is the logarithm of the number of tokens; the share of each token alone would give less.
public struct MaskedLanguageModel: Objective {
    /// `mlm`.
    public static let name = "mlm"
    /// Texts, captions among them.
    public static let learnsFrom = "texts or captions"
    private var head: TokenHead?

    /// The published settings.
    public init() {}

    /// Texts with hidden tokens.
    public var needs: Set<BatchNeed> { [.maskedTokens(.tokens)] }

    /// What guesses tokens.
    public mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore) {
        head = TokenHead("objective.mlm", setting, in: &store)
    }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        batch.needed(head, "a declared head")
            .loss(of: batch.needed(batch.maskedTokens[.tokens], "hidden tokens"), on: &tape)
    }

    /// The logarithm of the number of tokens.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        head?.chanceLoss(batch.needed(batch.maskedTokens[.tokens], "hidden tokens"))
    }
}
