import Testing

@testable import Tokenizers

@Suite struct BytePairTokenizerTests {
    @Test func `CLIP's own vocabulary has 49,408 entries in its layout`() throws {
        let clip = try Fixtures.clip.get()
        #expect(clip.vocabSize == 49_408)
        #expect((clip.startToken, clip.endToken) == (49_406, 49_407))
        #expect(clip.names[0] == "!" && clip.names[256] == "!</w>" && clip.names[512] == "in")
    }

    @Test func `ids equal those of CLIPTokenizerFast, with CLIP's vocabulary and with ours`() throws {
        let clip = try Fixtures.clip.get(), own = try Fixtures.own.get(), golden = try Fixtures.golden.get()
        #expect(golden.cases.count > 300)
        for sample in golden.cases {
            for (tokenizer, length, result) in [(clip, 77, sample.clip), (own, 32, sample.own)] {
                let tokens = tokenizer.encode(sample.text, contextLength: length)
                let expected = Tokens(ids: result.ids, isTruncated: result.truncated)
                #expect(tokens == expected, "\(sample.text.debugDescription)")
            }
        }
    }

    @Test(arguments: 2...12) func `a truncated caption keeps its first words and the end token`(length: Int) throws {
        let clip = try Fixtures.clip.get()
        let whole = clip.encode("a photo of a cat on a mat", contextLength: 77)
        let tokens = clip.encode("a photo of a cat on a mat", contextLength: length)
        #expect(whole.ids.count == 10 && !whole.isTruncated)
        #expect(tokens.isTruncated == (length < 10))
        #expect(tokens.ids == whole.ids.prefix(min(length, 10) - 1) + [clip.end])
    }

    @Test func `no caption is just start and end`() throws {
        let clip = try Fixtures.clip.get()
        #expect(clip.encode(" \n", contextLength: 2) == Tokens(ids: [49_406, 49_407], isTruncated: false))
    }

    @Test func `special tokens count against the context length`() throws {
        let clip = try Fixtures.clip.get()
        let text = String(repeating: SpecialTokens.end, count: 1000)
        #expect(clip.encode(text, contextLength: 77).ids == [49_406] + Array(repeating: 49_407, count: 76))
    }

    @Test func `a word of a hundred thousand letters is no trap`() throws {
        let tokens = try Fixtures.clip.get().encode(String(repeating: "猫a", count: 50_000), contextLength: 77)
        #expect(tokens.ids.count == 77 && tokens.isTruncated)
    }

    @Test func `the share of truncated captions is counted`() throws {
        let share = try Fixtures.clip.get().truncatedShare(
            of: ["a cat", "a cat on a mat", "a dog"] + Array(repeating: "a", count: 8), contextLength: 4)
        #expect((share.captions, share.truncated) == (11, 1))
        #expect(share.description == "1 of 11 captions truncated (9.1 %)")
        #expect(TruncatedShare().description == "0 of 0 captions truncated (0.0 %)")
    }
}
