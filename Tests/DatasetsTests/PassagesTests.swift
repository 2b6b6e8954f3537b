import Datasets
import Testing

@Suite struct PassagesTests {
    private let text = "one two\n\n  three\tfour \r\nfive\n\n\nsix\n"

    @Test func `lines, paragraphs and stretches of words begin where their first word stands`() {
        #expect(
            PassageRule.lines.passages(of: text) == [
                Passage("one two", line: 1), Passage("three four", line: 3), Passage("five", line: 4),
                Passage("six", line: 7),
            ])
        #expect(
            PassageRule.paragraphs.passages(of: text) == [
                Passage("one two", line: 1), Passage("three four five", line: 3), Passage("six", line: 7),
            ])
        #expect(
            PassageRule.words(3, overlap: 1).passages(of: text) == [
                Passage("one two three", line: 1), Passage("three four five", line: 3), Passage("five six", line: 4),
            ])
        #expect(
            PassageRule.words(6, overlap: 2).passages(of: text) == [Passage("one two three four five six", line: 1)])
        for rule in [PassageRule.lines, .paragraphs, .standard] { #expect(rule.passages(of: " \n\n").isEmpty) }
    }

    @Test(arguments: ["lines", "paragraphs", "120/20", "7/0"]) func `a rule is what its word says`(word: String) {
        #expect(PassageRule(word)?.description == word)
    }

    @Test(arguments: ["", "words", "0", "5/5", "5/-1", "5/2/1", "/3", "5/", "99999"])
    func `another word is no rule`(word: String) { #expect(PassageRule(word) == nil) }
}
