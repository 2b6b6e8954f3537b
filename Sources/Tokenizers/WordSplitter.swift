import Failures

/// How a text is cut before its words become pieces, where white space is itself written as a mark: `▁`.
///
/// Hugging Face's `Metaspace`, `WhitespaceSplit`, and `Split` into characters; Kudo and Richardson 2018
/// (SentencePiece), section 3.1.
struct WordSplitter: Sendable {
    /// When the mark is put before a text that does not begin with it.
    private enum Prepending: String { case always, first, never }

    private var splitsAtSpace = false
    private var splitsCharacters = false
    private var mark: Unicode.Scalar?
    private var prepending = Prepending.always
    private var splitsAtMark = true

    init(_ step: TokenizerFile.PreTokenizer?, of path: String) throws(Failure) {
        for step in step.map({ $0.pretokenizers ?? [$0] }) ?? [] {
            switch step.type {
            case "WhitespaceSplit": splitsAtSpace = true
            case "Split" where step.pattern?.Regex == "." && step.behavior == "Isolated": splitsCharacters = true
            case "Metaspace":
                mark = step.replacement?.unicodeScalars.first ?? "▁"
                let scheme = step.prepend_scheme ?? (step.add_prefix_space == false ? "never" : "always")
                prepending = Prepending(rawValue: scheme) ?? .always
                splitsAtMark = step.split ?? true
            default:
                throw .unreadableTokenizer(
                    path, "its pre_tokenizer is \(step.type), expected Metaspace or WhitespaceSplit")
            }
        }
    }

    /// The words of a text. `isFirst` says whether nothing stands before it.
    func words(of text: String, isFirst: Bool) -> [String] {
        let parts = splitsAtSpace ? text.unicodeScalars.split { $0.properties.isWhitespace }.map(String.init) : [text]
        if splitsCharacters { return parts.flatMap { $0.unicodeScalars.map { String($0) } } }
        return parts.enumerated().flatMap { number, part in
            marked(part, isFirst: isFirst && number == 0)
        }
    }

    private func marked(_ text: String, isFirst: Bool) -> [String] {
        guard let mark, !text.isEmpty else { return text.isEmpty ? [] : [text] }
        var scalars = Array(replaced(" ", by: String(mark), in: text).unicodeScalars)
        if prepending == .always || (prepending == .first && isFirst), scalars.first != mark {
            scalars.insert(mark, at: 0)
        }
        guard splitsAtMark else { return [string(scalars[...])] }
        var words: [String] = [], start = 0
        for place in scalars.indices.dropFirst() where scalars[place] == mark {
            words.append(string(scalars[start..<place]))
            start = place
        }
        return words + [string(scalars[start...])]
    }

    private func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String { String(String.UnicodeScalarView(scalars)) }
}
