import Failures
import Foundation

/// What is done to a text before it is cut: Hugging Face's normalizers, one after the other.
struct TextNormalizer: Sendable {
    private enum Step: Sendable {
        case canonical, decomposed, compatible, compatibleDecomposed  // NFC, NFD, NFKC, NFKD
        case lowercase, stripAccents
        case strip(left: Bool, right: Bool)
        case prepend(String)
        case replace(String, with: String)
        case collapseSpaces(least: Int, with: String)
        case map(CharacterMap)
    }

    private var steps: [Step] = []

    init(_ normalizer: TokenizerFile.Normalizer?, of path: String) throws(Failure) {
        guard let normalizer else { return }
        for part in normalizer.type == "Sequence" ? normalizer.normalizers ?? [] : [normalizer] {
            if part.type == "Sequence" {
                steps += try TextNormalizer(part, of: path).steps
            } else {
                steps.append(try Self.step(part, of: path))
            }
        }
    }

    private static func step(_ part: TokenizerFile.Normalizer, of path: String) throws(Failure) -> Step {
        switch part.type {
        case "NFC": return .canonical
        case "NFD": return .decomposed
        case "NFKC": return .compatible
        case "NFKD": return .compatibleDecomposed
        case "Lowercase": return .lowercase
        case "StripAccents": return .stripAccents
        case "Strip": return .strip(left: part.strip_left ?? true, right: part.strip_right ?? true)
        case "Prepend": return .prepend(part.prepend ?? "")
        case "Replace":
            if let text = part.pattern?.String { return .replace(text, with: part.content ?? "") }
            switch part.pattern?.Regex {
            case " {2,}": return .collapseSpaces(least: 2, with: part.content ?? "")
            case "\\s+", " +": return .collapseSpaces(least: 1, with: part.content ?? "")
            default:
                throw .unreadableTokenizer(path, "it replaces \"\(part.pattern?.Regex ?? "")\", which is not known")
            }
        case "Precompiled": return .map(try CharacterMap(part.precompiled_charsmap ?? "", of: path))
        default: throw .unreadableTokenizer(path, "its normalizer is \(part.type), which is not known")
        }
    }

    /// The text after all steps.
    func normalized(_ text: String) -> String { steps.reduce(text) { Self.apply($1, to: $0) } }

    private static func apply(_ step: Step, to text: String) -> String {
        switch step {
        case .canonical: text.precomposedStringWithCanonicalMapping
        case .decomposed: text.decomposedStringWithCanonicalMapping
        case .compatible: text.precomposedStringWithCompatibilityMapping
        case .compatibleDecomposed: text.decomposedStringWithCompatibilityMapping
        case .lowercase: mapped(text) { $0.properties.lowercaseMapping }
        case .stripAccents: kept(text) { $0.properties.generalCategory != .nonspacingMark }
        case .strip(let left, let right): stripped(text, left, right)
        case .prepend(let prefix): text.isEmpty ? text : prefix + text
        case .replace(let old, let new): replaced(old, by: new, in: text)
        case .collapseSpaces(let least, let new): collapsed(text, least, new)
        case .map(let map): map.mapped(text)
        }
    }

    private static func mapped(_ text: String, _ change: (Unicode.Scalar) -> String) -> String {
        var result = ""
        for scalar in text.unicodeScalars { result.unicodeScalars.append(contentsOf: change(scalar).unicodeScalars) }
        return result
    }

    private static func kept(_ text: String, _ isKept: (Unicode.Scalar) -> Bool) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter(isKept)))
    }

    private static func stripped(_ text: String, _ left: Bool, _ right: Bool) -> String {
        var scalars = text.unicodeScalars[...]
        while left, scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
        while right, scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        return String(scalars)
    }

    private static func collapsed(_ text: String, _ least: Int, _ new: String) -> String {
        var result = String.UnicodeScalarView(), run: [Unicode.Scalar] = []
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { least == 1 ? scalar.properties.isWhitespace : scalar == " " }
        func endRun() {
            if run.count >= least {
                result.append(contentsOf: new.unicodeScalars)
            } else {
                result.append(contentsOf: run)
            }
            run = []
        }
        for scalar in text.unicodeScalars {
            if isSpace(scalar) {
                run.append(scalar)
            } else {
                if !run.isEmpty { endRun() }
                result.append(scalar)
            }
        }
        if !run.isEmpty { endRun() }
        return String(result)
    }
}

/// A text with one string in place of another, scalar by scalar: a space is one also below a combining accent.
func replaced(_ old: String, by new: String, in text: String) -> String {
    let scalars = Array(text.unicodeScalars), wanted = Array(old.unicodeScalars)
    guard !wanted.isEmpty else { return text }
    var result = String.UnicodeScalarView(), place = 0
    while place < scalars.count {
        if scalars[place...].starts(with: wanted) {
            result.append(contentsOf: new.unicodeScalars)
            place += wanted.count
        } else {
            result.append(scalars[place])
            place += 1
        }
    }
    return String(result)
}

/// SentencePiece's table of characters and what they become: a double-array trie and the strings that it points into.
///
/// Kudo and Richardson 2018 (SentencePiece), section 3.2; the trie is darts-clone's. As in Hugging Face's reading of it, a
/// grapheme of up to five bytes is looked up whole, then each character of what is left.
struct CharacterMap: Sendable {
    private let units: [UInt32]
    private let strings: [UInt8]  // each ends with 0

    init(_ base64: String, of path: String) throws(Failure) {
        guard let data = Data(base64Encoded: base64), data.count >= 4 else {
            throw .unreadableTokenizer(path, "its precompiled_charsmap is no base64")
        }
        let bytes = Array(data)
        func unit(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) } }
        let size = Int(unit(0))
        guard size % 4 == 0, size <= bytes.count - 4 else {
            throw .unreadableTokenizer(path, "its precompiled_charsmap says \(size) bytes of \(bytes.count - 4)")
        }
        units = stride(from: 4, to: 4 + size, by: 4).map(unit)
        strings = Array(bytes[(4 + size)...])
    }

    func mapped(_ text: String) -> String {
        var result = ""
        for grapheme in text {
            if grapheme.utf8.count < 6, let whole = replacement(of: Array(grapheme.utf8)) {
                result.unicodeScalars.append(contentsOf: whole.unicodeScalars)
                continue
            }
            for scalar in grapheme.unicodeScalars {
                let text = replacement(of: Array(String(scalar).utf8)) ?? String(scalar)
                result.unicodeScalars.append(contentsOf: text.unicodeScalars)
            }
        }
        return result
    }

    /// What the first entry that `key` begins with becomes.
    private func replacement(of key: [UInt8]) -> String? {
        guard !units.isEmpty else { return nil }
        var node = offset(units[0])
        for byte in key where byte != 0 {
            node ^= Int(byte)
            guard node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { return nil }
            let unit = units[node]
            node ^= offset(unit)
            guard unit >> 8 & 1 == 1 else { continue }
            guard node < units.count else { return nil }
            let start = Int(units[node] & 0x7FFF_FFFF)
            guard start < strings.count else { return nil }
            return String(decoding: strings[start...].prefix { $0 != 0 }, as: UTF8.self)
        }
        return nil
    }

    private func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 0x200) >> 6) }
}
