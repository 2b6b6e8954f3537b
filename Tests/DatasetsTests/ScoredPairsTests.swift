import Failures
import Testing

@testable import Datasets

@Suite struct ScoredPairsTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func read(_ text: String, _ name: String = "a.tsv") throws -> ScoredPairs {
        try folder.write(name, text)
        #expect(ScoredPairs.recognizes("\(folder.path)/\(name)"))
        return try ScoredPairs("\(folder.path)/\(name)")
    }

    @Test(arguments: [
        "sentence1\tsentence2\tscore\na b\tc\t1.5\nd\te\t3\n", "a b\tc\t1.5\nd\te\t3\n", "1.5\ta b\tc\n3\td\te\n",
        "main\tMSR\t2012\t1\t1.5\ta b\tc\nmain\tMSR\t2012\t2\t3\td\te\textra\n",
        "pair_ID\tsentence_A\tsentence_B\trelatedness_score\n1\ta b\tc\t1.5\n2\td\te\t3\n",
    ])
    func `texts and scores are found by the header, or by where numbers stand`(text: String) throws {
        let pairs = try read(text)
        #expect(pairs.first == ["a b", "d"] && pairs.second == ["c", "e"] && pairs.scores == [1.5, 3])
        #expect(pairs.skipped.isEmpty && pairs.kept([1]).first == ["d"])
    }

    @Test func `a comma separates the columns of a .csv, and quotes hold a text together`() throws {
        let pairs = try read("text1,text2,similarity\n\"a, b\",c,0.5\nd,e,1\n", "a.csv")
        #expect(pairs.first == ["a, b", "d"] && pairs.scores == [0.5, 1])
    }

    @Test func `rows that lack something are skipped by line and reason`() throws {
        var head = (0..<60).map { "a\tb\t\($0)\n" }.joined()
        head += "a\tb\n\tb\t1\na\tb\tgood\n"
        let pairs = try read(head)
        #expect(pairs.scores.count == 60)
        #expect(pairs.skipped.map(\.name) == ["a.tsv:61", "a.tsv:62", "a.tsv:63"])
        #expect(
            pairs.skipped.map(\.reason) == ["expected 3 fields, found 2", "empty text", "no number as score"])
    }

    @Test(arguments: ["a\tb\nc\td\n", "sentence1\tsentence2\tlabel\na\tb\tentailment\n", "a\tb\tc\n", ""])
    func `other tables are none`(text: String) throws {
        try folder.write("a.tsv", text)
        #expect(!ScoredPairs.recognizes("\(folder.path)/a.tsv"))
        #expect(throws: Failure.self) { _ = try ScoredPairs("\(folder.path)/a.tsv") }
    }

    @Test func `one pair is no scale`() throws {
        try folder.write("a.tsv", "a\tb\t1\n")
        let failure = #expect(throws: Failure.self) { _ = try ScoredPairs("\(folder.path)/a.tsv") }
        #expect(failure?.why.contains("found 1 usable pair") == true)
    }

    @Test(arguments: [
        ("a\tb\n", true), ("question\tanswer\tid\nx\ty\t3\n", true), ("x/1.png\ta cat\n", false),
        ("filepath\ttitle\nx\ty\n", false), ("a\tb\tc\n", false),
    ])
    func `a table of two texts is told from one of pictures and captions`(text: String, isPairs: Bool) throws {
        try folder.write("a.tsv", text)
        #expect(Corpus.isPairTable("\(folder.path)/a.tsv") == isPairs)
    }
}
