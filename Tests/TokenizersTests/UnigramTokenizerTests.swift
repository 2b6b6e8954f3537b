import Testing

@testable import Tokenizers

@Suite struct UnigramTokenizerTests {
    @Test func `ids equal those of Hugging Face's Unigram`() throws {
        let tokenizer = try readTokenizer(folder: "\(Fixtures.folder)/unigram")
        #expect(tokenizer is UnigramTokenizer)
        for sample in try Fixtures.pieces.get().cases {
            let expected = Tokens(ids: sample.unigram.ids, isTruncated: sample.unigram.truncated)
            #expect(tokenizer.encode(sample.text, contextLength: 40) == expected, "\(sample.text.debugDescription)")
        }
    }

    @Test func `only an end token is added`() throws {
        let tokenizer = try readTokenizer(folder: "\(Fixtures.folder)/unigram")
        #expect(tokenizer.startToken == nil && tokenizer.endToken == 1)
        #expect(tokenizer.encode("", contextLength: 1) == Tokens(ids: [1], isTruncated: false))
    }
}
