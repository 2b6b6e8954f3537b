import Catalogue
import Failures
import Foundation
import Testing

private struct Folder: ~Copyable {
    let path = NSTemporaryDirectory() + "catalogue-\(UUID().uuidString)"
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func entry(_ id: Int64, _ path: String, captions: [String] = []) -> CatalogueEntry {
    CatalogueEntry(
        id: id, path: path, size: 12, modified: 1_700_000_000_123_456_789, fingerprint: "f\(id)",
        perceptualHash: .max - UInt64(id), height: 3, width: 4, captions: captions)
}

@Suite struct CatalogueTests {
    @Test func `what was listed is read back, by id, by path and all together`() throws {
        let folder = try Folder()
        let entries = [
            entry(1, "/a/blåbær 'x'.png"), entry(2, "/b.jpg", captions: ["a bee", "an insect"]), entry(5, "/c\n.png"),
        ]
        var change = CatalogueChange()
        change.listed = entries
        try change.write(to: "\(folder.path)/one", from: nil)
        let catalogue = try PictureCatalogue("\(folder.path)/one")
        #expect(try catalogue.entries() == entries)
        #expect(try catalogue.entries(ids: [5, 77]) == [5: entries[2]])
        #expect(try catalogue.entry(path: "/b.jpg") == entries[1])
        #expect(try catalogue.entry(path: "/b.png") == nil)
        #expect(try catalogue.count() == 3)
    }

    @Test func `a change makes a new file and leaves the former one`() throws {
        let folder = try Folder()
        var first = CatalogueChange(), second = CatalogueChange()
        first.listed = [entry(1, "/a", captions: ["old"]), entry(2, "/b", captions: ["b"])]
        try first.write(to: "\(folder.path)/one", from: nil)
        second.removed = [2]
        second.listed = [entry(1, "/moved", captions: ["new"]), entry(3, "/b")]
        try second.write(to: "\(folder.path)/two", from: "\(folder.path)/one")
        #expect(try PictureCatalogue("\(folder.path)/one").entries() == first.listed)
        #expect(try PictureCatalogue("\(folder.path)/two").entries() == second.listed)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["one", "two"])
    }

    @Test func `two pictures of one path are refused, and no file is left`() throws {
        let folder = try Folder()
        var change = CatalogueChange()
        change.listed = [entry(1, "/a"), entry(2, "/a")]
        #expect(throws: Failure.self) { try change.write(to: "\(folder.path)/one", from: nil) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `a missing, foreign or damaged file is one clear failure`() throws {
        let folder = try Folder(), path = "\(folder.path)/one"
        #expect(throws: Failure.self) { try PictureCatalogue(path) }
        try Data("not a database, but long enough to look like a file".utf8).write(to: URL(filePath: path))
        let failure = #expect(throws: Failure.self) { try PictureCatalogue(path) }
        #expect(failure?.kind == .badData)
        try Data().write(to: URL(filePath: path))
        #expect(throws: Failure.self) { try PictureCatalogue(path) }
    }

    @Test func `thousands of ids are asked for at once`() throws {
        let folder = try Folder()
        var change = CatalogueChange()
        change.listed = (1...1203).map { entry($0, "/\($0)") }
        try change.write(to: "\(folder.path)/one", from: nil)
        #expect(try PictureCatalogue("\(folder.path)/one").entries(ids: 1...1203).count == 1203)
    }
}
