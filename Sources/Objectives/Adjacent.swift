/// Neighbouring sentences belong together: each must pick the other from the batch.
///
/// The signal is that of Kiros et al. 2015 (skip-thought) and Logeswaran & Lee 2018 (quick thoughts, section 3), which picks the
/// neighbour among candidates as here; the loss is `InBatchNegatives`.
public struct Adjacent: InBatchNegatives {
    /// `adjacent`.
    public static let name = "adjacent"
    /// Texts alone.
    public static let learnsFrom = "documents of two sentences or more"
    /// Sentences that follow each other.
    public static let pairing = TextPairing.neighbours

    /// It has no settings.
    public init() {}
}
