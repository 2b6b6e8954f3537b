import Failures
import Testing

@testable import Datasets

@Suite struct CaptionTableTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.pictures(["a.png", "b.png", "sub/c.png"])
    }

    private func open(_ table: String, _ settings: ReaderSettings = ReaderSettings()) throws -> CaptionTable {
        try CaptionTable("\(folder.path)/\(table)", settings)
    }

    @Test(arguments: ["filepath\ttitle\na.png\tone\nsub/c.png\ttwo\n", "a.png\tone\nsub/c.png\ttwo"])
    func `a TSV is read with or without a header`(text: String) throws {
        try folder.write("captions.tsv", text)
        #expect(try open("captions.tsv").pairs() == ["a.png": ["one"], "sub/c.png": ["two"]])
    }

    @Test func `the folder of captions.tsv is the same as the table`() throws {
        try folder.write("captions.tsv", "a.png\tone\n")
        try folder.write("other.csv", "x,y\n")
        #expect(CaptionTable.recognizes(folder.path))
        #expect(try CaptionTable(folder.path, ReaderSettings()).pairs() == ["a.png": ["one"]])
    }

    @Test func `several rows of a picture are several captions`() throws {
        try folder.write("t.tsv", "a.png\tone\nb.png\ttwo\n./a.png\tthree\na.png\tone\n")
        #expect(try open("t.tsv").pairs() == ["a.png": ["one", "three"], "b.png": ["two"]])
    }

    @Test func `a byte-order mark and Windows line ends are no part of the fields`() throws {
        try folder.write("t.tsv", "\u{FEFF}filepath\ttitle\r\na.png\tone\r\n\r\nb.png\ttwo\r\n")
        let table = try open("t.tsv")
        #expect(try table.pairs() == ["a.png": ["one"], "b.png": ["two"]])
        #expect(table.columns == "t.tsv: tab-separated, filepath → picture, title → caption")
    }

    @Test func `a CSV has quotes, a TSV has none`() throws {
        try folder.write("t.csv", "path,caption\na.png,\"one, \"\"two\"\"\nthree\"\n")
        #expect(try open("t.csv").pairs() == ["a.png": ["one, \"two\"\nthree"]])
        try folder.write("t.tsv", "a.png\t\"one\" \"\"two\nb.png\t\"three\n")
        #expect(try open("t.tsv").pairs() == ["a.png": ["\"one\" \"\"two"], "b.png": ["\"three"]])
    }

    @Test(arguments: [("t.csv", ";"), ("t.csv", "\t"), ("t.csv", "|"), ("t.tsv", ",")])
    func `the separator is guessed from the content`(name: String, separator: String) throws {
        try folder.write(
            name,
            ["image\(separator)id\(separator)comment", "a.png\(separator)0\(separator)one"].joined(separator: "\n"))
        #expect(try open(name).pairs() == ["a.png": ["one"]])
    }

    @Test func `columns are found by content where the header says nothing`() throws {
        try folder.write("t.csv", "p,q,r\n1,a.png,a long caption\n2,b.png,another\n")
        #expect(try open("t.csv").pairs() == ["a.png": ["a long caption"], "b.png": ["another"]])
    }

    @Test func `asked columns and separator are taken`() throws {
        try folder.write("t.txt.csv", "x y caption\na.png one wrong\n")
        var settings = ReaderSettings()
        settings.csvSeparator = " "
        settings.csvImageKey = "x"
        settings.csvCaptionKey = "y"
        #expect(try open("t.txt.csv", settings).pairs() == ["a.png": ["one"]])
        settings.csvCaptionKey = "z"
        let failure = #expect(throws: Failure.self) { try open("t.txt.csv", settings) }
        #expect(failure?.why == "no column \"z\" (the first row is \"x\", \"y\", \"caption\")")
        settings.csvSeparator = "::"
        #expect(throws: Failure.self) { try open("t.txt.csv", settings) }
    }

    @Test func `unusable rows are skipped, named and counted`() throws {
        try folder.write(
            "t.tsv",
            Array("a.png\tone\nb.png\nno.png\ttwo\nb.png\t \n\tthree\n".utf8) + Array("b.png\t".utf8) + [0xFF, 10])
        let table = try open("t.tsv")
        #expect(try table.pairs() == ["a.png": ["one"]])
        #expect(
            table.skipped == [
                Skipped(name: "t.tsv:2", reason: "expected 2 tab-separated fields, found 1"),
                Skipped(name: "t.tsv:3 no.png", reason: "no such picture"),
                Skipped(name: "t.tsv:4 b.png", reason: "empty caption"),
                Skipped(name: "t.tsv:5", reason: "no picture given"),
                Skipped(name: "t.tsv:6", reason: "not UTF-8"),
            ])
    }

    @Test func `train and validation tables are a partition, and no picture is in both`() throws {
        try folder.write("train.tsv", "a.png\tone\nb.png\ttwo\n")
        try folder.write("validation.tsv", "sub/c.png\tthree\na.png\tfour\n")
        let table = try CaptionTable(folder.path, ReaderSettings())
        #expect(table.partition == Partition(training: [0, 1], validation: [2], source: "validation.tsv"))
        #expect(try table.sample(at: 0).captions == ["one"])
        #expect(table.reasons == ["in training and validation; kept where it came first"])
    }

    @Test(arguments: ["", "one\ntwo\n", "\u{FEFF}"])
    func `a table without two columns is a failure`(text: String) throws {
        try folder.write("t.tsv", text)
        #expect(throws: Failure.self) { try open("t.tsv") }
    }

    @Test func `a header with fewer columns than its rows is a failure or skips them`() throws {
        try folder.write("t.tsv", "picture\na.png\tone\n")
        #expect(throws: Failure.self) { try open("t.tsv") }
        try folder.write("t.tsv", "picture\ttitle\na.png\tone\ttwo\n")
        #expect(try open("t.tsv").count == 0)
    }

    @Test func `UTF-16 is refused by name`() throws {
        try folder.write("t.tsv", [0xFF, 0xFE, 0x61, 0])
        let failure = #expect(throws: Failure.self) { try open("t.tsv") }
        #expect(failure?.why == "UTF-16")
    }
}
