/// Pairs of texts that belong together: a text of the first column finds those of the second.
///
/// Equal texts of one column are one text: whatever belongs to any of them is a right answer.
public struct TextPairs: Sendable, Equatable {
    /// The different texts of each column, in the order in which they come.
    public private(set) var first: [String] = [], second: [String] = []
    /// For each text of the first column the places of its answers in `second`.
    public private(set) var answers: [[Int]] = []

    /// Numbers the texts of pairs.
    public init(_ pairs: some Sequence<(String, String)>) {
        var firstNumbers: [String: Int] = [:], secondNumbers: [String: Int] = [:]
        for (text, answer) in pairs {
            let asked = Self.number(of: text, in: &first, &firstNumbers)
            let found = Self.number(of: answer, in: &second, &secondNumbers)
            if asked == answers.count { answers.append([]) }
            if !answers[asked].contains(found) { answers[asked].append(found) }
        }
    }

    private static func number(of text: String, in texts: inout [String], _ numbers: inout [String: Int]) -> Int {
        if let known = numbers[text] { return known }
        numbers[text] = texts.count
        texts.append(text)
        return texts.count - 1
    }
}

/// How well texts of the first column find those of the second among all of them.
///
/// - Parameters:
///   - first: `[pairs.first.count, embedDim]`, rows of length one.
///   - second: `[pairs.second.count, embedDim]`, rows of length one.
public func retrieval(
    first: Span<Float>, second: Span<Float>, embedDim: Int, pairs: TextPairs
) -> RetrievalScores {
    precondition(
        first.count == pairs.first.count * embedDim && second.count == pairs.second.count * embedDim,
        "found \(first.count) and \(second.count) floats, expected \(pairs.first.count) and \(pairs.second.count) "
            + "rows of \(embedDim)")
    return retrieval(of: second, by: first, embedDim: embedDim, right: pairs.answers)
}
