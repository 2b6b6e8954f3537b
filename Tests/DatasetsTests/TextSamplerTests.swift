import Failures
import Tensors
import Testing
import Tokenizers

@testable import Datasets

@Suite struct TextSamplerTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// One document of ten sentences of four words, one of two sentences, one of one sentence, one of one word.
    private let text = """
        Aa ab ac ad.
        Ba bb bc bd.
        Ca cb cc cd.
        Da db dc dd.
        Ea eb ec ed.
        Fa fb fc fd.
        Ga gb gc gd.
        Ha hb hc hd.
        Ia ib ic id.
        Ja jb jc jd.

        One two three.
        Four five six.

        Seven eight nine ten.

        Eleven
        """

    private func open(_ text: String, _ symbols: Symbols? = nil, name: String = "a.txt") throws -> Corpus {
        try folder.write(name, text)
        var settings = CorpusSettings()
        (settings.symbols, settings.validationShare) = (symbols, 0)
        return try Corpus.open("\(folder.path)/\(name)", settings)
    }

    /// A token is a word, so that counts are easy to see.
    private func sample(
        _ corpus: Corpus, _ draw: any TextDraw, contextLength: Int = 10
    ) throws -> (TextSampler, SymbolTokenizer) {
        let texts = corpus.texts(of: corpus.training), doubled = Array(texts) + Array(texts)
        let tokenizer = try SymbolTokenizer.trained(on: doubled, symbols: corpus.symbols ?? .words)
        let sampler = try TextSampler(
            of: corpus.training, in: corpus, draw: draw, tokenizer: tokenizer, contextLength: contextLength, seed: 3,
            objective: "test")
        return (sampler, tokenizer)
    }

    /// All texts of many draws, as the texts of the corpus that have these tokens.
    private func draws(_ sampler: TextSampler, count: Int = 40) -> [DrawnTexts] {
        (0..<count).map { sampler.draw(sampler.items[$0 % sampler.items.count], epoch: 0, place: $0) }
    }

    private func ids(_ tokenizer: SymbolTokenizer, _ text: String) -> [Int32] {
        tokenizer.encode(text, contextLength: 10).ids
    }

    // MARK: - The draws

    @Test func `neighbours are a sentence and the one behind it, at every place`() throws {
        let corpus = try open(text), (sampler, tokenizer) = try sample(corpus, Neighbours())
        #expect(sampler.items.map(\.document) == [Int](repeating: 0, count: 9) + [1])
        let drawn = sampler.draw(sampler.items[2], epoch: 0, place: 0)
        #expect(drawn.texts == [ids(tokenizer, "Ca cb cc cd."), ids(tokenizer, "Da db dc dd.")])
        #expect(drawn.documents == [0, 0] && drawn.isNext == nil && drawn.truncatedCount == 0)
    }

    @Test func `a single text is whole sentences until the context is full`() throws {
        let corpus = try open(text), (sampler, tokenizer) = try sample(corpus, SingleText())
        #expect(Set(sampler.items.map(\.document)) == [0, 1, 2, 3])
        #expect(sampler.items.filter { $0.document == 0 }.flatMap(\.parts) == Array(0..<10))
        var starts: Set<Int32> = []
        for drawn in draws(sampler, count: 200) {
            let text = drawn.texts[0]
            #expect(drawn.texts.count == 1 && text.first == tokenizer.startToken && text.last == tokenizer.endToken)
            if drawn.documents == [0] {
                #expect(text.count == 10 && drawn.truncatedCount == 0)
                starts.insert(text[1])
            }
        }
        #expect(starts == Set("ABCDEFGHI".map { ids(tokenizer, "\($0)a")[1] }))
    }

    @Test func `unpacked, a single text is a sentence`() throws {
        let corpus = try open(text), (sampler, tokenizer) = try sample(corpus, SingleText(isPacked: false))
        #expect(sampler.items.count == 14)
        #expect(sampler.draw(sampler.items[11], epoch: 0, place: 0).texts == [ids(tokenizer, "Four five six.")])
    }

    @Test func `two chunks of a document are different ones, and one chunk is halved`() throws {
        let corpus = try open(text), (sampler, tokenizer) = try sample(corpus, SameDocument())
        #expect(Set(sampler.items.map(\.document)) == [0, 1, 2])
        for drawn in draws(sampler) {
            #expect(drawn.texts.count == 2 && Set(drawn.documents).count == 1)
            switch drawn.documents[0] {
            case 1: #expect(drawn.texts == [ids(tokenizer, "One two three."), ids(tokenizer, "Four five six.")])
            case 2: #expect(drawn.texts == [ids(tokenizer, "Seven eight"), ids(tokenizer, "nine ten.")])
            default:
                #expect(
                    Set(drawn.texts[0].dropFirst().dropLast()).isDisjoint(with: drawn.texts[1].dropFirst().dropLast()))
            }
        }
    }

    @Test func `the columns of a row are a pair`() throws {
        let corpus = try open("a b\tc d\ne f\tg h\n", name: "a.tsv"),
            (sampler, tokenizer) = try sample(corpus, PairedColumns())
        #expect(sampler.items.count == 2)
        #expect(
            sampler.draw(sampler.items[1], epoch: 0, place: 0).texts == [ids(tokenizer, "e f"), ids(tokenizer, "g h")])
    }

    @Test func `half of the next sentences are next, and the others come from other documents`() throws {
        let corpus = try open(text), (sampler, tokenizer) = try sample(corpus, NextSentence())
        let drawn = draws(sampler, count: 2_000)
        let share = Double(drawn.count { $0.isNext == true }) / 2_000
        #expect(abs(share - 0.5) < 4 * (0.25 / 2_000).squareRoot())
        for drawn in drawn { #expect((drawn.documents[0] == drawn.documents[1]) == drawn.isNext) }
        let next = drawn.first { $0.isNext == true && $0.documents[0] == 1 }
        #expect(next?.texts == [ids(tokenizer, "One two three."), ids(tokenizer, "Four five six.")])
    }

    @Test func `a window is so many parts, each a text; the last one is moved forward to be as long`() throws {
        let corpus = try open(text), (sampler, tokenizer) = try sample(corpus, ConsecutiveParts(most: 4))
        #expect(sampler.items.map(\.parts.lowerBound) == [0, 4, 6, 0])
        let drawn = sampler.draw(sampler.items[2], epoch: 0, place: 0)
        #expect(
            drawn.texts == ["Ga gb gc gd.", "Ha hb hc hd.", "Ia ib ic id.", "Ja jb jc jd."].map { ids(tokenizer, $0) })
        let short = try sample(corpus, ConsecutiveParts(most: 100)).0
        #expect(short.items.map(\.parts.count) == [10, 2])
    }

    @Test func `a text longer than the context loses its end and is counted`() throws {
        let corpus = try open("a b c d e f g h. i j\n"),
            (sampler, tokenizer) = try sample(corpus, SingleText(), contextLength: 5)
        let drawn = sampler.draw(sampler.items[0], epoch: 0, place: 0)
        #expect(drawn.truncatedCount == 1 && drawn.texts[0].count == 5 && drawn.texts[0].last == tokenizer.endToken)
    }

    // MARK: - Sequences that are no language

    private static let all: [any TextDraw] = [
        SingleText(), Neighbours(), SameDocument(), NextSentence(), ConsecutiveParts(most: 2),
    ]

    @Test(arguments: [Symbols.words, .characters]) func `sequences of symbols feed every draw`(symbols: Symbols) throws
    {
        let words = "login view view buy logout view\nview login\nlogin buy view logout\n"
        let corpus = try open(symbols == .words ? words : "ACGTACGT\nAC\nGATTACA\n", symbols)
        for draw in Self.all {
            let (sampler, tokenizer) = try sample(corpus, draw)
            for drawn in draws(sampler, count: 10) {
                let unknown = Set(drawn.texts.joined()).intersection([0])
                #expect(unknown.isEmpty && drawn.texts.allSatisfy { $0.count > 2 && $0.last == tokenizer.endToken })
            }
        }
    }

    // MARK: - Luck and failures

    @Test func `a draw is a function of seed, epoch and place`() throws {
        let (sampler, _) = try sample(try open(text), NextSentence())
        let item = sampler.items[4]
        #expect(sampler.draw(item, epoch: 2, place: 7) == sampler.draw(item, epoch: 2, place: 7))
        #expect(Set((0..<30).map { sampler.draw(item, epoch: $0, place: 7).texts }).count == 3)
    }

    @Test(
        arguments: zip(
            [Neighbours(), SameDocument(), PairedColumns(), NextSentence(), ConsecutiveParts(most: 3)]
                as [any TextDraw],
            [
                "no document has two sentences; separate documents by blank lines",
                "no document has two words; give longer documents",
                "no document has two columns; give a .tsv with a pair a line, and a tab between its texts",
                "no document has two sentences; separate documents by blank lines",
                "no document has two sentences; separate documents by blank lines",
            ])) func `a corpus that cannot feed a draw is told what is missing`(draw: any TextDraw, why: String) throws
    {
        let corpus = try open("one\ntwo\none\ntwo\n")
        let failure = #expect(throws: Failure.self) { try sample(corpus, draw) }
        #expect(failure?.line == "cannot use objective: test: \(folder.path)/a.txt: \(why)")
    }

    @Test func `items of a document are found by its number`() {
        let items = [(1, 0), (1, 2), (4, 0), (4, 5), (4, 9)].map { TextItem(document: $0, parts: $1..<$1 + 1) }
        #expect(items.places(of: 1) == 0..<2 && items.places(of: 4) == 2..<5)
        #expect(items.places(of: 0).isEmpty && items.places(of: 2).isEmpty && items.places(of: 7) == 5..<5)
        #expect(items.place(of: 4, part: 5) == 3 && items.place(of: 4, part: 6) == 4)
    }

    @Test func `where one document has nearly all items, the other sentence still comes from another`() throws {
        let long = (0..<400).map { "Word\($0) here." }.joined(separator: "\n")
        let corpus = try open("One two. Three four.\n\n\(long)\n"), (sampler, _) = try sample(corpus, NextSentence())
        #expect(draws(sampler, count: 400).allSatisfy { ($0.documents[0] == $0.documents[1]) == $0.isNext })
    }

    @Test func `the next sentence needs a second document`() throws {
        let corpus = try open("One two. One two. One two.\n")
        let failure = #expect(throws: Failure.self) { try sample(corpus, NextSentence()) }
        #expect(failure?.why == "only one document has two sentences")
    }
}
