/// What a sequence that is no language consists of.
public enum Symbols: String, Sendable, Equatable, CaseIterable, Codable {
    /// What stands between white space: events of a log, goods of a basket.
    case words
    /// Every character that is no white space: nucleotides, amino acids.
    case characters

    /// The symbols of a text, first to last. A character is a Unicode scalar.
    public func split(_ text: String) -> [String] {
        switch self {
        case .words: text.unicodeScalars.split { $0.properties.isWhitespace }.map(String.init)
        case .characters: text.unicodeScalars.lazy.filter { !$0.properties.isWhitespace }.map { String($0) }
        }
    }

    /// What stands between two symbols of a text.
    public var separator: String { self == .words ? " " : "" }
}
