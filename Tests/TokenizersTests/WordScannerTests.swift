import Testing

@testable import Tokenizers

@Suite struct WordScannerTests {
    @Test(
        arguments: [
            ("A Photo,of  cats!!", ["a", "photo", ",", "of", "cats", "!!"]),
            ("don't we've 'Stop'", ["don", "'t", "we", "'ve", "'s", "top", "'"]),
            ("'ll'l''d", ["'ll", "'", "l", "''", "d"]),
            ("room101 ½٣", ["room", "1", "0", "1", "½", "٣"]),
            ("CAFE\u{301} caf\u{E9}", ["caf\u{E9}", "caf\u{E9}"]),
            ("İΣ", ["i", "\u{307}", "σ"]),
            ("a\u{A0}b\u{3000}c\u{85}d\u{200B}e", ["a", "b", "c", "d", "\u{200B}", "e"]),
            ("new\r\nline", ["new", "line"]),
            ("!<|X|>", ["!<|", "x", "|>"]),
            ("<|EndOfText|>!", ["<|", "endoftext", "|>", "!"]),
            ("<|StartOfText|>x", ["<|", "startoftext", "|>", "x"]),
            ("", []), (" \t\u{2003}", []),
        ])
    func `captions are cut as CLIP's pattern cuts them`(text: String, words: [String]) {
        var scanner = WordScanner(text)
        var found: [[UInt8]] = []
        while let word = scanner.next() { found.append(Array(scanner.bytes[word])) }
        #expect(found == words.map { Array($0.utf8) })
    }

    @Test func `words leave out nothing but white space`() throws {
        for sample in try Fixtures.golden.get().cases {
            var scanner = WordScanner(sample.text)
            var covered = 0
            while let word = scanner.next() {
                #expect(word.lowerBound >= covered && !word.isEmpty)
                let gap = String(decoding: scanner.bytes[covered..<word.lowerBound], as: UTF8.self)
                #expect(!gap.unicodeScalars.contains { !$0.properties.isWhitespace })
                covered = word.upperBound
            }
        }
    }
}
