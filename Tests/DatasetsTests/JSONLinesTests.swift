import Failures
import Testing

@testable import Datasets

@Suite struct JSONLinesTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.pictures(["a.png", "b.png"])
    }

    @Test func `keys are guessed, and a list is several captions`() throws {
        try folder.write(
            "data.jsonl",
            "{\"image\": \"a.png\", \"caption\": \"one\", \"w\": 3}\r\n\n{\"caption\": [\"two\", \"three\"], \"image\": \"b.png\"}"
        )
        let lines = try JSONLines(folder.path, ReaderSettings())
        #expect(try lines.pairs() == ["a.png": ["one"], "b.png": ["two", "three"]])
        #expect(lines.columns == "data.jsonl: image → picture, caption → caption")
    }

    @Test func `a picture is found by its value, and asked keys are taken`() throws {
        try folder.write("data.jsonl", "{\"src\": \"a.png\", \"text\": \"one\", \"other\": \"two\"}")
        #expect(try JSONLines(folder.path, ReaderSettings()).pairs() == ["a.png": ["one"]])
        var settings = ReaderSettings()
        settings.csvCaptionKey = "other"
        #expect(try JSONLines(folder.path, settings).pairs() == ["a.png": ["two"]])
    }

    @Test func `lines that are no objects are skipped by number`() throws {
        try folder.write(
            "data.jsonl",
            "{\"image\": \"a.png\", \"caption\": \"one\"}\n[1]\n{\"image\"\n{\"caption\": \"x\"}\n{\"image\": \"b.png\"}"
        )
        let lines = try JSONLines(folder.path, ReaderSettings())
        #expect(try lines.pairs() == ["a.png": ["one"]])
        #expect(lines.skipped.map(\.name) == ["data.jsonl:2", "data.jsonl:3", "data.jsonl:4", "data.jsonl:5 b.png"])
    }

    @Test(arguments: ["", "{}", "[]\n1", "{\"x\": 1}"])
    func `a file without pictures and captions is a failure`(text: String) throws {
        try folder.write("data.jsonl", text)
        #expect(throws: Failure.self) { try JSONLines(folder.path, ReaderSettings()) }
    }
}

@Suite struct ImageFolderTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func `metadata at the top is read as JSON lines or CSV`() throws {
        try folder.pictures(["a.png"])
        try folder.write("metadata.csv", "file_name,text\na.png,one\n")
        #expect(try ImageFolder(folder.path, ReaderSettings()).pairs() == ["a.png": ["one"]])
        try folder.write("metadata.jsonl", "{\"file_name\": \"a.png\", \"text\": \"two\"}")
        #expect(try ImageFolder(folder.path, ReaderSettings()).pairs() == ["a.png": ["two"]])
    }

    @Test func `folders of splits are a partition`() throws {
        try folder.pictures(["train/a.png", "validation/a.png"])
        try folder.write("train/metadata.jsonl", "{\"file_name\": \"a.png\", \"text\": \"one\"}")
        try folder.write("validation/metadata.csv", "file_name,text\na.png,two\n")
        let reader = try ImageFolder(folder.path, ReaderSettings())
        #expect(try reader.pairs() == ["train/a.png": ["one"], "validation/a.png": ["two"]])
        #expect(reader.partition == Partition(training: [0], validation: [1], source: "validation/"))
    }
}

@Suite struct COCOCaptionsTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func json(_ file: String) -> String {
        """
        {"info": {"x": 1}, "images": [{"id": 7, "file_name": "\(file)"}, {"id": 8, "file_name": "no.png"}, {"id": 9}],
         "annotations": [{"image_id": 7, "id": 1, "caption": "one "}, {"image_id": 7, "id": 2, "caption": "two"},
          {"image_id": 8, "id": 3, "caption": "x"}, {"image_id": 99, "caption": "y"}]}
        """
    }

    @Test func `captions of an image come together, and what is wrong is skipped`() throws {
        try folder.pictures(["images/a.png"])
        try folder.write("c.json", json("a.png"))
        let reader = try COCOCaptions("\(folder.path)/c.json", ReaderSettings())
        #expect(try reader.pairs() == ["images/a.png": ["one", "two"]])
        #expect(
            reader.reasons == ["no such picture", "1 captions of an unknown image", "an entry without its fields"])
    }

    @Test func `COCO's own layout is a partition`() throws {
        try folder.pictures(["train2017/a.png", "val2017/b.png"])
        try folder.write("annotations/captions_train2017.json", json("a.png"))
        try folder.write("annotations/captions_val2017.json", json("b.png"))
        #expect(COCOCaptions.recognizes(folder.path))
        let reader = try COCOCaptions(folder.path, ReaderSettings())
        #expect(try reader.pairs() == ["train2017/a.png": ["one", "two"], "val2017/b.png": ["one", "two"]])
        #expect(reader.partition == Partition(training: [0], validation: [1], source: "captions_val2017.json"))
    }

    @Test(arguments: ["", "[]", "{\"images\": []}", "{\"images\": {}, \"annotations\": []}"])
    func `another JSON is a failure`(text: String) throws {
        try folder.write("c.json", text)
        #expect(throws: Failure.self) { try COCOCaptions("\(folder.path)/c.json", ReaderSettings()) }
    }
}
