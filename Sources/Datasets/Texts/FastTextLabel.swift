/// fastText's form of a labelled text: `__label__NAME text`.
///
/// Joulin et al. 2017, "Bag of tricks for efficient text classification", in the form of its supervised command.
enum FastTextLabel {
    static let prefix = "__label__"

    /// The label that a text begins with, and the text without it. Of several labels the first is kept.
    static func split(_ text: String) -> (label: String?, text: String) {
        guard text.utf8.starts(with: prefix.utf8) else { return (nil, text) }
        var rest = text[...], label: String?
        while rest.utf8.starts(with: prefix.utf8) {
            let word = rest.prefix { !$0.isWhitespace }
            if label == nil, word.utf8.count > prefix.utf8.count { label = String(word.dropFirst(prefix.count)) }
            rest = rest[word.endIndex...].drop { $0.isWhitespace }
        }
        return (label, String(rest))
    }
}
