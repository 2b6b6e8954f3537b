/// Two parts of one document belong together: each must pick the other from the batch.
///
/// Giorgi et al. 2021 (DeCLUTR), section 3, without its sampling of lengths; of a sequence that is one part, the parts are
/// its halves. The loss is `InBatchNegatives`.
public struct SameDocument: InBatchNegatives {
    /// `same-document`.
    public static let name = "same-document"
    /// Texts alone.
    public static let learnsFrom = "documents of two sentences or more"
    /// Parts of a document.
    public static let pairing = TextPairing.sameDocument

    /// It has no settings.
    public init() {}
}
