/// One thing that a batch may hold; a run prepares the union of what its objectives need, each once.
public enum BatchNeed: Sendable, Hashable {
    /// Pictures and captions that belong together.
    case pairs
    /// A vector of each picture that another model made.
    case teacher
    /// Two augmented views of each picture.
    case pictureViews
    /// What a slow copy of the picture tower makes of the same views.
    case slowPictureViews
    /// What the picture tower makes of some patches of each picture, and all patches as they are; the rest is hidden.
    case visiblePatches(hiddenPercent: Int)
    /// What it makes of all patches of each picture, of which some stand behind a learnt row.
    case maskedPatches(hiddenPercent: Int)
    /// Two texts that belong together.
    case textPairs(TextPairing)
    /// Texts of which some tokens are hidden.
    case maskedTokens(TokenMasking)
    /// Two sentences in one sequence, which may follow each other or not.
    case sentencePairs
    /// Sentences of each document in their order.
    case passages
    /// Texts of which most words are gone.
    case deletedTokens
}

/// Which two texts belong together.
public enum TextPairing: String, Sendable, Hashable, CaseIterable {
    /// Two sentences that follow each other.
    case neighbours
    /// Two parts of one document.
    case sameDocument
    /// The two columns of a row.
    case columns
    /// A text and itself, under two drops of the tower's numbers.
    case twice
}

/// Which tokens of a text are hidden.
public enum TokenMasking: String, Sendable, Hashable, CaseIterable {
    /// Tokens here and there — Devlin et al. 2019, section 3.1.
    case tokens
    /// Tokens in a row — Joshi et al. 2020, section 3.1.
    case spans
}
