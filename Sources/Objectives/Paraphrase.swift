/// The two columns of a row belong together, whatever they are: paraphrases, questions and answers, words and meanings.
///
/// Henderson et al. 2017, section 4.4; the loss is `InBatchNegatives`.
public struct Paraphrase: InBatchNegatives {
    /// `paraphrase`.
    public static let name = "paraphrase"
    /// Texts alone.
    public static let learnsFrom = "a table of two columns, a text and one that belongs to it"
    /// The columns of a row.
    public static let pairing = TextPairing.columns

    /// It has no settings.
    public init() {}
}
