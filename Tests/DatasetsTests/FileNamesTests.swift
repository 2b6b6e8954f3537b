import Testing

@testable import Datasets

@Suite struct FileNamesTests {
    @Test(arguments: [
        ("a/b.C.JPG", "jpg", "a/b.C", "b.C.JPG", "a"), ("a.d/b", "", "a.d/b", "b", "a.d"),
        ("/x.png", "png", "/x", "x.png", "/"),
        (".hidden", "", ".hidden", ".hidden", "."), ("", "", "", "", "."), ("é.ÉÈ", "éè", "é", "é.ÉÈ", "."),
    ]) func `a path falls into folder, name, stem and ending`(
        path: String, ending: String, stem: String, last: String, folder: String
    ) {
        #expect(FileNames.ending(path) == ending && FileNames.stem(path) == stem)
        #expect(FileNames.last(path) == last && FileNames.folder(path) == folder)
    }

    @Test func `paths are seen from a folder`() {
        #expect(FileNames.join("a", "b") == "a/b" && FileNames.join("a/", "b") == "a/b")
        #expect(FileNames.join(".", "b") == "b" && FileNames.join("", "b") == "b" && FileNames.join("a", "/b") == "/b")
    }
}
