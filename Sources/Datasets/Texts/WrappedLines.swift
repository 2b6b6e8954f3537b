/// Joins lines that a program wrapped, and leaves those that a person ended.
struct WrappedLines {
    /// Whether any line goes on in the next.
    let isWrapped: Bool
    private let width: Int

    /// Shorter lines than these were not wrapped: a poem's, a list's, a conversation's.
    private static let narrowest = 40  // characters

    /// Looks at the paragraphs of a whole text.
    ///
    /// They are wrapped where most lines that have another behind them end within a sentence, and the first word of
    /// that other line would have made them longer than nine in ten are.
    init(_ paragraphs: [[String]]) {
        var pairs: [(String, String)] = []
        for paragraph in paragraphs where pairs.count < 10_000 { pairs += zip(paragraph, paragraph.dropFirst()) }
        let lengths = pairs.map { $0.0.unicodeScalars.count }.sorted()
        let width = lengths.isEmpty ? 0 : lengths[(lengths.count - 1) * 9 / 10]
        let full = pairs.count { Self.fills($0.0, before: $0.1, width) && !SentenceSplitter.endsSentence($0.0) }
        self.width = width
        isWrapped = width >= Self.narrowest && 2 * full >= pairs.count
    }

    /// A paragraph's lines as blocks: a sentence may reach over a wrapped line's end, but not over a block's.
    func blocks(of lines: [String]) -> [String] {
        guard isWrapped else { return lines }
        var blocks: [String] = []
        for (number, line) in lines.enumerated() {
            if number > 0, Self.fills(lines[number - 1], before: line, width), !Self.isListed(line) {
                blocks[blocks.count - 1] += " " + line
            } else {
                blocks.append(line)
            }
        }
        return blocks
    }

    private static func fills(_ line: String, before next: String, _ width: Int) -> Bool {
        let word = next.unicodeScalars.prefix { $0 != " " && $0 != "\t" }
        return line.unicodeScalars.count + 1 + word.count > width
    }

    /// Whether a line begins with a mark such as `-`, `*` or `•`.
    private static func isListed(_ line: String) -> Bool {
        let words = line.split(separator: " ", maxSplits: 1)
        return words.count == 2 && ["-", "*", "+", "•", "–", "—", "·", "‣", "◦"].contains(words[0])
    }
}
