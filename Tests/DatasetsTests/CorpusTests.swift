import Failures
import Testing
import Tokenizers

@testable import Datasets

@Suite struct CorpusTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func open(
        _ name: String = "", symbols: Symbols? = nil, share: Float = 0.1, pieceLength: Int = 8
    ) throws -> Corpus {
        var settings = CorpusSettings()
        (settings.symbols, settings.validationShare, settings.pieceLength) = (symbols, share, pieceLength)
        return try Corpus.open(name.isEmpty ? folder.path : "\(folder.path)/\(name)", settings)
    }

    private func parts(_ corpus: Corpus) -> [[String]] { (0..<corpus.count).map { corpus.parts(of: $0) } }

    // MARK: - Formats

    @Test func `each line of a file is a document, and its sentences are its parts`() throws {
        try folder.write("a.txt", "\u{FEFF}One. Two.\r\nThree\n\n")
        let corpus = try open("a.txt")
        #expect(parts(corpus) == [["One.", "Two."], ["Three"]])
        #expect(corpus.text(of: 0) == "One. Two." && corpus.text(of: 0, parts: 1..<2) == "Two.")
        #expect(corpus.understood.first == "lines of text" && !corpus.hasPairs)
    }

    @Test func `blank lines inside a file separate documents, and lines are sentences`() throws {
        try folder.write("a.txt", "the first one\nthe second one\n\n \nthe third one. And more.\n")
        let corpus = try open("a.txt")
        #expect(parts(corpus) == [["the first one", "the second one"], ["the third one.", "And more."]])
        #expect(corpus.understood.first == "documents between blank lines")
    }

    @Test func `sentences reach over the ends of wrapped lines`() throws {
        let text = """
            It was a bright cold day in April, and the clocks
            were striking thirteen. Then Winston had met Dr.
            Smith, his chin nuzzled into his breast in an effort
            to escape the vile wind. He slipped quickly through
            the glass doors.
            A short line.

            Another paragraph.
            """
        try folder.write("a.txt", text)
        let corpus = try open("a.txt")
        #expect(
            parts(corpus) == [
                [
                    "It was a bright cold day in April, and the clocks were striking thirteen.",
                    "Then Winston had met Dr. Smith, his chin nuzzled into his breast in an effort "
                        + "to escape the vile wind.",
                    "He slipped quickly through the glass doors.", "A short line.",
                ], ["Another paragraph."],
            ])
        #expect(corpus.understood.first?.contains("wrapped lines are joined") == true)
    }

    @Test func `each file below a folder is a document`() throws {
        try folder.write("b/note.md", "# A heading\nSome text. It goes\non.\n")
        try folder.write("a.txt", "One.\nTwo.\n\nThree.")
        try folder.write("empty.txt", "")
        try folder.write("latin.txt", [0x66, 0xFC, 0x72])
        let corpus = try open()
        #expect(parts(corpus) == [["One.", "Two.", "Three."], ["A heading", "Some text.", "It goes on."]])
        #expect(
            corpus.skipped == [
                Skipped(name: "empty.txt", reason: "the file is empty"),
                Skipped(name: "latin.txt", reason: "not UTF-8"),
            ])
    }

    @Test func `a folder with one file is that file, and so is a single Markdown file`() throws {
        try folder.write("b/note.md", "# One\nTwo.")
        #expect(try parts(open("b/note.md")) == [["One", "Two."]])
        try folder.write("c/lines.txt", "One\nTwo\n")
        #expect(try parts(open("c")) == [["One"], ["Two"]])
        try folder.write("d/pairs.tsv", "One\t1\nTwo\t2\n")
        #expect(try parts(open("d")) == [["One", "1"], ["Two", "2"]])
    }

    @Test(arguments: ["", "Sentence 1\tsentence_2\n"]) func `each row of a table is a document of two parts`(
        header: String
    ) throws {
        try folder.write("a.tsv", header + "a  b.\tC. D.\nlonely\ne\tf\tg\nh\t \ni\tj\n")
        let corpus = try open("a.tsv"), first = header.isEmpty ? 2 : 3
        #expect(parts(corpus) == [["a b.", "C. D."], ["i", "j"]] && corpus.hasPairs)
        #expect(
            corpus.skipped == [
                Skipped(name: "a.tsv:\(first)", reason: "expected 2 tab-separated fields, found 1"),
                Skipped(name: "a.tsv:\(first + 1)", reason: "expected 2 tab-separated fields, found 3"),
                Skipped(name: "a.tsv:\(first + 2)", reason: "empty column"),
            ])
    }

    @Test func `of a wider table the named columns are taken`() throws {
        try folder.write("a.csv", "id,question,answer\n1,\"what, now\",nothing\n2,who,me\n")
        let corpus = try open("a.csv")
        #expect(parts(corpus) == [["what, now", "nothing"], ["who", "me"]])
        #expect(corpus.understood.first == "table of two columns (question and answer)")
    }

    @Test func `training and validation files are the split, and no text is in both`() throws {
        try folder.write("train.tsv", "a\tb\nc\td\n")
        try folder.write("validation.tsv", "e\tf\na\tb\n")
        let corpus = try open()
        #expect(corpus.training == [0, 1] && corpus.validation == [2])
        #expect(corpus.skipped == [Skipped(name: "a", reason: "in training and validation; kept in training")])
    }

    @Test func `fastText's labels are taken off and kept`() throws {
        try folder.write("train.txt", "__label__libs a b c\n__label__x __label__y d e\nf g\n__label__z\n")
        try folder.write("valid.txt", "__label__libs h i\n")
        let corpus = try open(symbols: .words)
        #expect((0..<4).map { corpus.label(of: $0) } == ["libs", "x", nil, "libs"])
        #expect((0..<4).map { corpus.text(of: $0) } == ["a b c", "d e", "f g", "h i"])
        #expect(corpus.skipped == [Skipped(name: "train.txt:4", reason: "empty document")])
        #expect(corpus.understood.contains("2 labels: libs 2, x 1"))
    }

    // MARK: - Symbols

    @Test func `a sequence of symbols has pieces of equal size, at least two`() throws {
        try folder.write("a.txt", "1 2 3 4 5 6 7\n1\t2\n1\n")
        let words = try open("a.txt", symbols: .words, pieceLength: 3)
        #expect(parts(words) == [["1 2", "3 4", "5 6 7"], ["1", "2"], ["1"]])
        try folder.write("b.txt", "ACGT AC\nAC\n")
        let corpus = try open("b.txt", symbols: .characters)
        #expect(parts(corpus) == [["ACG", "TAC"], ["A", "C"]] && corpus.text(of: 0) == "ACGTAC")
    }

    @Test(arguments: ["a.", "train."]) func `a FASTA record is a sequence of characters`(prefix: String) throws {
        try folder.write("\(prefix)fa", ">one\nACGT\nacg\n;note\n>empty\n\n>two\nTTTT\n")
        if prefix == "train." { try folder.write("validation.fa", ">three\nGGGG\n") }
        let corpus = try open(prefix == "train." ? "" : "\(prefix)fa")
        #expect(parts(corpus).prefix(2) == [["ACG", "TACG"], ["TT", "TT"]] && corpus.symbols == .characters)
        #expect(corpus.skipped == [Skipped(name: "\(prefix)fa:5", reason: "empty document")])
    }

    // MARK: - The split

    @Test func `a tenth of the documents is drawn, and equal ones stay on one side`() throws {
        let lines = (0..<400).map { "text number \($0 / 2)" }
        try folder.write("a.txt", lines.joined(separator: "\n"))
        let corpus = try open("a.txt")
        #expect(corpus.validation.count == 40 && corpus.training.count == 360)
        #expect(corpus.validation.allSatisfy { corpus.validation.contains($0 ^ 1) })
        try folder.write("b.txt", lines.reversed().joined(separator: "\n"))
        let turned = try open("b.txt")
        #expect(turned.validation.map { 399 - $0 }.sorted() == corpus.validation)
        #expect(turned.fingerprint != corpus.fingerprint)
        #expect(try open("a.txt").fingerprint == corpus.fingerprint)
        #expect(try open("a.txt", share: 0).validation.isEmpty)
    }

    @Test func `at most a limit is drawn`() throws {
        try folder.write("a.txt", (0..<100).map { "text \($0)" }.joined(separator: "\n"))
        var settings = CorpusSettings()
        (settings.validationShare, settings.validationLimit) = (0.5, 7)
        #expect(try Corpus.open("\(folder.path)/a.txt", settings).validation.count == 7)
    }

    // MARK: - What a user reads, and bad input

    @Test func `counts, shares, examples and refusals are said`() throws {
        try folder.write("a.txt", Array("One. Two.\nThree.\n".utf8) + [0xFF, 10])
        #expect(
            try open("a.txt").understood == [
                "lines of text", "2 documents, 3 sentences (1 to 2 a document, 1.5 on average)",
                "2 for training, 0 for validation (validation drawn; 0 equal another and stay on its side)",
                "for example One. Two.", "for example Three.", "refused 1: 1 × not UTF-8 (first: a.txt:3)",
            ])
    }

    @Test(
        arguments: [
            ("a.txt", [], "the file is empty"),
            ("a.txt", Array("One sentence only.\n\n".utf8), "it holds one sentence only"),
            ("a.txt", [0xFF, 0xFE, 0x61, 0], "UTF-16"),
            ("a.txt", [0x61, 0, 0x62, 0], "it holds zero bytes, as no text does"),
            ("a.txt", [0xC3, 10, 0xC3, 10], "no usable text to learn from: 2 × not UTF-8 (first: a.txt:1)"),
            (
                "a.tsv", Array("one\ntwo\n".utf8),
                "no usable text to learn from: 2 × expected 2 tab-separated fields, found 1 (first: a.tsv:1)"
            ),
            ("a.json", Array("{}".utf8), "no texts found"),
        ] as [(String, [UInt8], String)]) func `bad input is one clear line`(name: String, bytes: [UInt8], why: String)
        throws
    {
        try folder.write(name, bytes)
        let failure = #expect(throws: Failure.self) { try open(name) }
        #expect(failure?.why == why && failure?.kind == .badData, "\(failure?.line ?? "")")
        #expect(failure?.line.contains("\n") == false)
    }

    @Test func `nothing at the path is missing input`() {
        let failure = #expect(throws: Failure.self) { try open("none") }
        #expect(failure?.kind == .missingInput)
    }

    @Test(arguments: 0..<6) func `any bytes give documents or a failure`(round: Int) throws {
        var random = SeededBits(state: UInt64(round + 1))
        let alphabet = Array("ab. \n\n\r\t\"#*`_[]()<>-|__label__x é。\u{FEFF}".utf8) + [0xFF, 0x80]
        for name in ["a.txt", "a.tsv", "a.csv", "a.md"] {
            let bytes = (0..<400).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            try folder.write(name, bytes)
            do throws(Failure) {
                let corpus = try Corpus.open("\(folder.path)/\(name)")
                #expect((0..<corpus.count).allSatisfy { corpus.parts(of: $0).allSatisfy { !$0.isEmpty } })
            } catch { #expect(!error.why.isEmpty && !error.line.contains("\n")) }
        }
    }
}
