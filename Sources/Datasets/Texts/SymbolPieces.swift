import Tokenizers

/// Cuts a sequence of symbols into pieces, which take the place of sentences where texts are no language.
enum SymbolPieces {
    /// Pieces of at most `length` symbols, as equal as can be; at least two, so that a sequence has neighbours, where
    /// there are two symbols.
    static func pieces(of text: String, _ kind: Symbols, length: Int) -> [String] {
        switch kind {
        case .words: cut(kind.split(text), length) { $0.joined(separator: kind.separator) }
        case .characters:
            cut(text.unicodeScalars.filter { !$0.properties.isWhitespace }, length) {
                String(String.UnicodeScalarView($0))
            }
        }
    }

    private static func cut<Symbol>(
        _ symbols: [Symbol], _ length: Int, _ joined: (ArraySlice<Symbol>) -> String
    ) -> [String] {
        guard !symbols.isEmpty else { return [] }
        let count = min(symbols.count, max(2, (symbols.count + length - 1) / length))
        return (0..<count).map { number in
            joined(symbols[number * symbols.count / count..<(number + 1) * symbols.count / count])
        }
    }
}
