import Foundation

/// The words of a caption, in the order and the spelling in which CLIP's tokenizer sees them.
///
/// The caption is composed (NFC) and lower-cased scalar by scalar, then cut as this pattern does, from left to right:
///
///     <\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+
///
/// White space only separates. Radford et al. 2021 (CLIP), `simple_tokenizer.py`; the normalisation is that of
/// `CLIPTokenizerFast`. As there, the first two alternatives are cut once more, into `<|`, `startoftext` and `|>`: they
/// are met only where the caption had capitals in them, for special tokens were taken out before.
struct WordScanner {
    /// The normalised caption in UTF-8.
    private(set) var bytes: [UInt8] = []
    private var kinds: [Kind] = []  // of the scalar that each byte belongs to
    private var position = 0
    private var fence = Int.max  // a word may not cross it

    private enum Kind: UInt8 { case space, letter, number, other }

    init(_ text: some StringProtocol) {
        // Every scalar below U+0300, whose first byte is 0xCC, is composed already.
        if text.utf8.contains(where: { $0 >= 0xCC }) {
            normalize(text.precomposedStringWithCanonicalMapping.unicodeScalars)
        } else {
            normalize(text.unicodeScalars)
        }
    }

    private mutating func normalize(_ scalars: some Sequence<Unicode.Scalar>) {
        for scalar in scalars {
            guard scalar.isASCII else {
                for lower in scalar.properties.lowercaseMapping.unicodeScalars { append(lower) }
                continue
            }
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            bytes.append(isCapital ? byte | 0x20 : byte)
            kinds.append(Self.asciiKinds[Int(byte)])
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        let kind = Self.kind(of: scalar)
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
            bytes.append(byte)
            kinds.append(kind)
        }
    }

    private static let asciiKinds: [Kind] = (0..<128).map { kind(of: Unicode.Scalar(UInt8($0))) }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
        case .decimalNumber, .letterNumber, .otherNumber: .number
        default: scalar.properties.isWhitespace ? .space : .other
        }
    }

    /// The next word's place in `bytes`, or nothing at the caption's end.
    mutating func next() -> Range<Int>? {
        while position < bytes.count, kinds[position] == .space { position += 1 }
        guard position < bytes.count else { return nil }
        if position >= fence { fence = .max }
        let start = position
        switch kinds[start] {
        case .letter: skip(.letter)
        case .number:
            position += 1
            while position < bytes.count, bytes[position] & 0xC0 == 0x80 { position += 1 }
        default:
            if let length = lengthOfContraction() {
                position += length
            } else {
                if let length = lengthOfSpecialToken() { fence = start + length }
                skip(.other)
            }
        }
        return start..<position
    }

    private mutating func skip(_ kind: Kind) {
        let limit = min(fence, bytes.count)
        while position < limit, kinds[position] == kind { position += 1 }
    }

    private func lengthOfContraction() -> Int? {
        guard bytes[position] == UInt8(ascii: "'"), position + 1 < bytes.count else { return nil }
        let second = position + 2 < bytes.count ? bytes[position + 2] : 0
        switch (bytes[position + 1], second) {
        case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _), (UInt8(ascii: "d"), _): return 2
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")): return 3
        case (UInt8(ascii: "l"), UInt8(ascii: "l")): return 3
        default: return nil
        }
    }

    private func lengthOfSpecialToken() -> Int? {
        guard bytes[position] == UInt8(ascii: "<") else { return nil }
        let rest = bytes[position...]
        return [SpecialTokens.start, SpecialTokens.end].first { rest.starts(with: $0.utf8) }?.utf8.count
    }
}
