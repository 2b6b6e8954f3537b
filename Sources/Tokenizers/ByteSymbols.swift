/// The 512 symbols every vocabulary begins with: each byte inside a word, and each byte at a word's end.
///
/// A byte is written as a visible character, so that a vocabulary can be a text file (Radford et al. 2019, GPT-2's
/// `bytes_to_unicode`): the printable ones of Latin-1 stand for themselves, the others for U+0100, U+0101 and so on.
enum ByteSymbols {
    /// Written behind a word's last byte.
    static let endOfWord = "</w>"

    /// Bytes in the order of their ids: first those that stand for themselves, then the others.
    static let bytes: [UInt8] = printable + (0...255).filter { !printable.contains($0) }

    private static let printable: [UInt8] = Array(33...126) + Array(161...172) + Array(174...255)

    /// The names of the first 512 ids: bytes inside a word, then bytes at its end.
    static let names: [String] = {
        var next: UInt32 = 0x100
        let inside = bytes.map { byte -> String in
            var scalar = Unicode.Scalar(byte)
            if !printable.contains(byte), let visible = Unicode.Scalar(next) {
                scalar = visible
                next += 1
            }
            return String(Character(scalar))
        }
        return inside + inside.map { $0 + endOfWord }
    }()
}

/// Tokens that are no part of any word; they are found in a caption only when written exactly so.
enum SpecialTokens {
    static let start = "<|startoftext|>"
    static let end = "<|endoftext|>"
}
