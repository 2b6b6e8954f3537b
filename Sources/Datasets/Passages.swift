/// A stretch of a text that is embedded as one.
public struct Passage: Sendable, Equatable {
    /// Its words; white space of any length is one blank.
    public var text: String
    /// The line of the file where it begins, from 1.
    public var line: Int

    /// A stretch that begins in `line`.
    public init(_ text: String, line: Int) { (self.text, self.line) = (text, line) }
}

/// How a text becomes passages.
public enum PassageRule: Sendable, Equatable, CustomStringConvertible {
    /// Each line that is not blank.
    case lines
    /// What stands between blank lines.
    case paragraphs
    /// So many words, of which each passage shares some with the one before.
    case words(Int, overlap: Int)

    /// About what a sentence encoder reads at once.
    public static let standard = PassageRule.words(120, overlap: 20)

    /// `lines`, `paragraphs`, or `120/20`: words and how many of them overlap.
    public var description: String {
        switch self {
        case .lines: "lines"
        case .paragraphs: "paragraphs"
        case .words(let count, let overlap): "\(count)/\(overlap)"
        }
    }

    /// The rule of such a word; nil where it is none.
    public init?(_ word: String) {
        switch word {
        case "lines": self = .lines
        case "paragraphs": self = .paragraphs
        default:
            let numbers = word.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            guard let count = numbers.first ?? nil, 1...10_000 ~= count, numbers.count <= 2 else { return nil }
            let overlap = numbers.count == 2 ? numbers[1] : 0
            guard let overlap, 0..<count ~= overlap else { return nil }
            self = .words(count, overlap: overlap)
        }
    }

    /// The passages of a text, first to last.
    public func passages(of text: String) -> [Passage] {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
            .map { $0.split { $0.isWhitespace }.map(String.init) }
        switch self {
        case .lines:
            return lines.enumerated().filter { !$1.isEmpty }.map { Passage($1.joined(separator: " "), line: $0 + 1) }
        case .paragraphs:
            var passages: [Passage] = [], words: [String] = [], start = 0
            for (number, line) in (lines + [[]]).enumerated() {
                if words.isEmpty { start = number + 1 }
                if line.isEmpty && !words.isEmpty {
                    passages.append(Passage(words.joined(separator: " "), line: start))
                    words = []
                }
                words += line
            }
            return passages
        case .words(let count, let overlap):
            let words = lines.enumerated().flatMap { number, line in line.map { (word: $0, line: number + 1) } }
            var passages: [Passage] = [], start = 0
            while start < words.count {
                let end = min(start + count, words.count)
                passages.append(
                    Passage(words[start..<end].map(\.word).joined(separator: " "), line: words[start].line))
                guard end < words.count else { break }
                start = end - overlap
            }
            return passages
        }
    }
}
