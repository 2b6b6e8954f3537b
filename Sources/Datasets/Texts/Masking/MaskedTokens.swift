/// A text in which some tokens are hidden, and what stood in their places.
public struct MaskedTokens: Sendable, Equatable {
    /// What a tower reads: as many tokens as the text has.
    public var ids: [Int32]
    /// Places of the tokens that are to be predicted, ascending.
    public var places: [Int] = []
    /// The tokens that stood there, in the order of the places.
    public var targets: [Int32] = []

    /// A text with nothing hidden.
    init(_ ids: [Int32]) { self.ids = ids }

    /// Notes what is to be predicted; `ids` may differ from `tokens` there.
    init(_ ids: [Int32], of tokens: [Int32], at places: [Int]) {
        (self.ids, self.places) = (ids, places)
        targets = places.map { tokens[$0] }
    }
}
