import Failures
import Images
import Testing

@testable import Datasets

@Suite struct SidecarFolderTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func `each line of the text beside a picture is a caption`() throws {
        try folder.pictures(["a.png", "sub/b.JPG"])
        try folder.write("a.txt", "one\r\n two\n\n")
        try folder.write("sub/b.JPG.txt", "three")
        #expect(SidecarFolder.recognizes(folder.path))
        let reader = try SidecarFolder(folder.path, ReaderSettings())
        #expect(try reader.pairs() == ["a.png": ["one", "two"], "sub/b.JPG": ["three"]])
    }

    @Test func `what stands alone is skipped`() throws {
        try folder.pictures(["a.png", "b.png", "c.png", "d.png"])
        try folder.write("a.txt", "one")
        try folder.write("b.txt", "\n")
        try folder.write("c.txt", [0xFF])
        try folder.write("e.txt", "five")
        let reader = try SidecarFolder(folder.path, ReaderSettings())
        #expect(try reader.pairs() == ["a.png": ["one"]])
        #expect(
            reader.skipped == [
                Skipped(name: "b.txt b.png", reason: "empty caption"), Skipped(name: "c.txt", reason: "not UTF-8"),
                Skipped(name: "d.png", reason: "no text file beside it"),
                Skipped(name: "e.txt", reason: "no picture beside it"),
            ])
    }
}

@Suite struct ClassFoldersTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func `captions come from templates`() throws {
        try folder.pictures(["ice_bear/1.png", "apple/2.png", "3.png"])
        var settings = ReaderSettings()
        settings.templates = ["a photo of a {}", "{}"]
        let reader = try ClassFolders(folder.path, settings)
        #expect(
            try reader.pairs() == [
                "ice_bear/1.png": ["a photo of an ice bear", "ice bear"],
                "apple/2.png": ["a photo of an apple", "apple"],
            ])
        #expect(reader.skipped == [Skipped(name: "3.png", reason: "in no class's folder")])
        #expect(reader.partition == nil)
    }

    @Test func `folders of splits are a partition`() throws {
        try folder.pictures(["train/cat/1.png", "val/cat/2.png"])
        let reader = try ClassFolders(folder.path, ReaderSettings())
        #expect(reader.partition == Partition(training: [0], validation: [1], source: "its own folder"))
        #expect(try reader.sample(at: 1).captions.first == "a picture of a cat")
    }

    @Test func `circles of links end`() throws {
        try folder.pictures(["cat/1.png"])
        try folder.link("cat/again", to: folder.path)
        #expect(try ClassFolders(folder.path, ReaderSettings()).count == 1)
    }
}

@Suite struct IDXTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// `count` pictures of 2 × 3 with values 0, 1, 2 …
    private func pictures(_ count: UInt8) -> [UInt8] {
        [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 3] + (0..<count * 6)
    }

    private func labels(_ labels: [UInt8]) -> [UInt8] { [0, 0, 8, 1, 0, 0, 0, UInt8(labels.count)] + labels }

    @Test func `pictures and captions of both parts are found`() throws {
        try folder.write("train-images-idx3-ubyte", pictures(2))
        try folder.write("train-labels-idx1-ubyte", labels([1, 0]))
        try folder.write("t10k-images-idx3-ubyte", pictures(1))
        try folder.write("t10k-labels-idx1-ubyte", labels([0]))
        try folder.write("classes.txt", "cat\nowl\n")
        #expect(IDX.recognizes(folder.path))
        let reader = try IDX(folder.path, ReaderSettings())
        #expect(
            reader.partition == Partition(training: [0, 1], validation: [2], source: "t10k-images-idx3-ubyte"))
        #expect(try reader.sample(at: 0).captions[0] == "a picture of an owl")
        #expect(try reader.sample(at: 2).captions[0] == "a picture of a cat")
        let picture = try reader.sample(at: 1).loadPicture(atLeast: nil).picture
        #expect(picture.height == 2 && picture.width == 3)
        #expect(picture.pixels[0..<6] == [6, 6, 6, 7, 7, 7])
    }

    @Test func `compressed files give the same pictures`() throws {
        try folder.write("train-images-idx3-ubyte", pictures(2))
        try folder.write("train-labels-idx1-ubyte", labels([1, 0]))
        try folder.gzip("train-images-idx3-ubyte")
        try folder.gzip("train-labels-idx1-ubyte")
        #expect(IDX.recognizes(folder.path))
        let reader = try IDX(folder.path, ReaderSettings())
        let picture = try reader.sample(at: 1).loadPicture(atLeast: nil).picture
        #expect(picture.pixels[0..<6] == [6, 6, 6, 7, 7, 7])
        #expect(try reader.sample(at: 0).captions[0] == "a picture of a 1")
    }

    @Test func `sizes that disagree with the file are failures`() throws {
        try folder.write("train-labels-idx1-ubyte", labels([1, 0]))
        for bytes in [
            Array(pictures(2).dropLast()), pictures(1), [], [0, 0, 8, 3] + [UInt8](repeating: 255, count: 40),
        ] {
            try folder.write("train-images-idx3-ubyte", bytes)
            #expect(throws: Failure.self) { try IDX(folder.path, ReaderSettings()) }
        }
    }
}
