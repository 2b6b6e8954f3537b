import Foundation

/// The words of a text, as BERT's tokenizer cuts them before it looks for pieces.
///
/// Devlin et al. 2019 (BERT), `tokenization.py`, in the form of Hugging Face's `BertNormalizer` and `BertPreTokenizer`:
/// control characters go, ideographs stand alone, accents go, capitals become small; white space separates, and every
/// punctuation mark is a word.
struct BertWords {
    /// What the normaliser does.
    struct Rules: Sendable, Equatable {
        /// Whether control characters go.
        var cleans = true
        var separatesIdeographs = true, lowercases = true, stripsAccents = true
    }

    /// The normalised text in UTF-8.
    private(set) var bytes: [UInt8] = []
    /// Where its words lie, from left to right.
    private(set) var words: [Range<Int>] = []
    private var start = 0  // of the word that is being read

    init(_ text: some StringProtocol, _ rules: Rules) {
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            for scalar in text.unicodeScalars where !(rules.cleans && Self.isDropped(scalar)) { read(scalar, rules) }
        } else {
            var cleaned = String.UnicodeScalarView()
            for scalar in text.unicodeScalars { Self.clean(scalar, rules, &cleaned) }
            let normal = rules.stripsAccents ? String(cleaned).decomposedStringWithCanonicalMapping : String(cleaned)
            for scalar in normal.unicodeScalars
            where !(rules.stripsAccents && scalar.properties.generalCategory == .nonspacingMark) { read(scalar, rules) }
        }
        endWord()
    }

    private static func clean(_ scalar: Unicode.Scalar, _ rules: Rules, _ output: inout String.UnicodeScalarView) {
        guard !(rules.cleans && isDropped(scalar)) else { return }
        let standsAlone = rules.separatesIdeographs && isIdeograph(scalar)
        if standsAlone { output.append(" ") }
        output.append(scalar)
        if standsAlone { output.append(" ") }
    }

    private mutating func read(_ scalar: Unicode.Scalar, _ rules: Rules) {
        if Self.isSpace(scalar) { return endWord() }
        let isMark = Self.isPunctuation(scalar)
        if isMark { endWord() }
        if !rules.lowercases {
            append(scalar)
        } else if scalar.isASCII {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            bytes.append(byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte)
        } else {
            for lower in scalar.properties.lowercaseMapping.unicodeScalars { append(lower) }
        }
        if isMark { endWord() }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func endWord() {
        if start < bytes.count { words.append(start..<bytes.count) }
        start = bytes.count
    }

    // MARK: - Kinds of characters

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? scalar == " " || (9...13).contains(scalar.value) : scalar.properties.isWhitespace
    }

    /// Control, format and private characters but tabs and line ends, and what stands for damaged text.
    private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\t" || scalar == "\n" || scalar == "\r" { return false }
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .surrogate: return true
        default: return scalar == "\u{FFFD}"
        }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return switch scalar.value {
            case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
            default: false
            }
        }
        return switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }

    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F,
            0x2B740...0x2B81F, 0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
