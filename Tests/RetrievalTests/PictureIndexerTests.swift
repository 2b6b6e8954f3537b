import Catalogue
import Datasets
import Failures
import Foundation
import Testing
import VectorIndex

@testable import Retrieval

@Suite struct PictureIndexerTests {
    /// A place with a model, and `count` pictures in two folders.
    private func workplace(_ count: Int = 10) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try writeTinyModel(to: "\(folder.path)/run")
        for i in 0..<count { try folder.write(drawing(i), to: "photos/\(i % 2 == 0 ? "even" : "odd")/\(i).png") }
        return folder
    }

    private func settings(_ folder: TemporaryFolder, model: String = "run") -> IndexingSettings {
        IndexingSettings(
            pictures: ["\(folder.path)/photos"], model: "\(folder.path)/\(model)", output: "\(folder.path)/index",
            workers: 2)
    }

    private func catalogue(_ folder: TemporaryFolder) throws -> [CatalogueEntry] {
        let manifest = try IndexManifest.read("\(folder.path)/index")
        return try PictureCatalogue("\(folder.path)/index/\(manifest.attachments["catalogue"] ?? "")").entries()
    }

    @Test func `every picture is embedded, and finds itself`() throws {
        let folder = try workplace(40)
        let report = try indexPictures(settings(folder))
        #expect(report.added == 40 && report.indexed == 40 && report.skipped.isEmpty)
        var search = try PictureSearch("\(folder.path)/index"), encoder = try search.encoder()
        for i in [0, 7, 33] {
            let path = PictureFiles.absolute("\(folder.path)/photos/\(i % 2 == 0 ? "even" : "odd")/\(i).png")
            let hits = try search.nearest(3, to: encoder.embed(pictureAt: path))
            #expect(hits.count == 3 && hits[0].path == path && abs(hits[0].score - 1) < 1e-5)
            let others = try search.nearest(3, toIndexed: path)
            #expect(others.map(\.path).dropLast() == hits.map(\.path).dropFirst() && others[0].rank == 1)
        }
    }

    @Test func `what was opened knows its pictures, whatever is removed later`() throws {
        let folder = try workplace(6), index = "\(folder.path)/index"
        _ = try indexPictures(settings(folder))
        var contents = try IndexContents(index), search = try PictureSearch(index)
        let ids = contents.vectors.ids, query = try contents.vectors.embedding(of: ids[0]) ?? []
        #expect(try removeFromIndex(index, ["\(folder.path)/photos/even"]) == (removed: 3, left: 3))
        #expect(try contents.notes(of: ids).count == 6)
        #expect(try search.nearest(9, to: query).count == 6)
        #expect(try contents.vectors.exactNearest(9, to: query)[0].count == 6)
        var later = try PictureSearch(index)
        #expect(try later.nearest(9, to: query).count == 3 && later.count == 3)
    }

    @Test func `a second run embeds what is new or changed, and forgets what is gone`() throws {
        let folder = try workplace()
        _ = try indexPictures(settings(folder))
        let before = try catalogue(folder)
        var toRead = -1
        func run() throws -> IndexingReport {
            try indexPictures(settings(folder), tell: { if case .found(_, let count) = $0 { toRead = count } })
        }
        #expect(try run().added == 0 && toRead == 0)
        #expect(try catalogue(folder) == before)

        try folder.write(drawing(77), to: "photos/new.png")
        try folder.write(drawing(78, side: 30), to: "photos/even/2.png")
        try folder.remove("photos/even/4.png")
        let report = try run()
        #expect(toRead == 2 && report.added == 1 && report.changed == 1 && report.forgotten == 1)
        #expect(report.indexed == 10)
        let after = try catalogue(folder)
        let unchanged = before.filter { !$0.path.hasSuffix("even/2.png") && !$0.path.hasSuffix("even/4.png") }
        #expect(after.filter { $0.id <= 10 } == unchanged)
        let changed = try #require(after.first { $0.path.hasSuffix("even/2.png") })
        #expect(changed.id > 10 && changed.width == 30)
        #expect(try PictureSearch("\(folder.path)/index").count == 10)
    }

    @Test func `a picture that moved keeps its embedding, a touched one too, and a copy gets the same`() throws {
        let folder = try workplace()
        _ = try indexPictures(settings(folder))
        let ids = Dictionary(uniqueKeysWithValues: try catalogue(folder).map { ($0.fingerprint, $0.id) })
        let manager = FileManager.default
        try manager.moveItem(atPath: "\(folder.path)/photos/even/0.png", toPath: "\(folder.path)/photos/moved.png")
        try manager.setAttributes([.modificationDate: Date()], ofItemAtPath: "\(folder.path)/photos/odd/1.png")
        try folder.write(drawing(3), to: "photos/copy.png")
        let report = try indexPictures(settings(folder))
        #expect(report.moved == 1 && report.added == 1 && report.changed == 0 && report.forgotten == 0)
        let entries = try catalogue(folder)
        #expect(entries.first { $0.path.hasSuffix("/moved.png") }.map { ids[$0.fingerprint] == $0.id } == true)
        #expect(entries.first { $0.path.hasSuffix("/1.png") }.map { ids[$0.fingerprint] == $0.id } == true)
        var search = try PictureSearch("\(folder.path)/index")
        let twin = try search.nearest(1, toIndexed: "\(folder.path)/photos/copy.png")[0]
        #expect(twin.path.hasSuffix("/odd/3.png") && abs(twin.score - 1) < 1e-5)
        #expect(try search.duplicates().map { $0.map { name($0.path) } } == [["3.png", "copy.png"]])
    }

    @Test func `what cannot be read is skipped, listed and counted`() throws {
        let folder = try workplace(4), broken = try drawing(5)
        try folder.write([], to: "photos/empty.png")
        try folder.write(broken.prefix(broken.count / 2), to: "photos/half.png")
        try folder.write(Array("words".utf8), to: "photos/words.jpg")
        try folder.write(Array("words".utf8), to: "photos/notes.txt")
        try folder.write(drawing(6), to: "photos/misnamed.dat")
        let report = try indexPictures(settings(folder))
        #expect(report.indexed == 5)
        #expect(report.skipped.map { name($0.name) } == ["empty.png", "half.png", "words.jpg"])
        let lines = try String(contentsOfFile: "\(folder.path)/index/skipped.jsonl", encoding: .utf8)
        #expect(lines.split(separator: "\n").count == 3 && lines.contains("\"name\":") && lines.contains("\"reason\":"))
        // A picture that breaks later is forgotten.
        try folder.write(Array("broken".utf8), to: "photos/even/2.png")
        #expect(try indexPictures(settings(folder)).forgotten == 1)
        #expect(try PictureSearch("\(folder.path)/index").count == 4)
    }

    @Test func `a folder without pictures, or with broken ones alone, leaves no index`() throws {
        let folder = try workplace(0)
        try folder.write(Array("words".utf8), to: "photos/notes.txt")
        let none = #expect(throws: Failure.self) { _ = try indexPictures(settings(folder)) }
        try folder.write([], to: "photos/empty.png")
        let broken = #expect(throws: Failure.self) { _ = try indexPictures(settings(folder)) }
        #expect(none?.kind == .badData && broken?.kind == .badData)
        #expect(try folder.names() == ["photos", "run"])
    }

    @Test func `another model is refused, and the index stays`() throws {
        let folder = try workplace()
        _ = try indexPictures(settings(folder))
        try writeTinyModel(to: "\(folder.path)/other", seed: 2)
        try writeTinyModel(to: "\(folder.path)/longer", embedDim: 16)
        for model in ["other", "longer"] {
            let failure = #expect(throws: Failure.self) { _ = try indexPictures(settings(folder, model: model)) }
            #expect(failure?.kind == .badSettings)
        }
        #expect(try PictureSearch("\(folder.path)/index").count == 10)
    }

    @Test func `a model that was changed inside the index is refused`() throws {
        let folder = try workplace(3)
        _ = try indexPictures(settings(folder))
        let model = try #require(try folder.names("index").first { $0.hasPrefix("model-") })
        try writeTinyModel(to: "\(folder.path)/index/\(model)", seed: 2)
        let search = try PictureSearch("\(folder.path)/index")
        let failure = #expect(throws: Failure.self) { _ = try search.encoder().embedDim }
        #expect(failure?.kind == .badSettings)
    }

    @Test func `an interrupted run keeps what it did, and the next one goes on`() throws {
        let folder = try workplace(100)
        let first = try indexPictures(settings(folder), isInterrupted: { true })
        #expect(first.isInterrupted && first.indexed > 0 && first.indexed < 100)
        let second = try indexPictures(settings(folder))
        #expect(second.indexed == 100 && second.added == 100 - first.indexed && !second.isInterrupted)
    }

    @Test func `commits between batches lose and double nothing`() throws {
        let folder = try workplace(100)
        var settings = settings(folder)
        settings.commitSeconds = 0
        #expect(try indexPictures(settings).indexed == 100)
        #expect(try catalogue(folder).count == 100)
        #expect(try IndexManifest.read(settings.output).generation > 2)
        #expect(try folder.names("index").count { $0.hasPrefix("catalogue-") } == 1)
    }

    @Test func `captions beside the pictures come with the hits, and follow later changes`() throws {
        let folder = try workplace(4)
        try folder.write(Array("even/0.png\ta red square\nodd/1.png\ta <blue> one\n".utf8), to: "photos/captions.tsv")
        _ = try indexPictures(settings(folder))
        #expect(try catalogue(folder).flatMap(\.captions).sorted() == ["a <blue> one", "a red square"])
        try folder.write(Array("even/0.png\ta green square\nodd/1.png\ta <blue> one\n".utf8), to: "photos/captions.tsv")
        _ = try indexPictures(settings(folder))
        #expect(try catalogue(folder).flatMap(\.captions).sorted() == ["a <blue> one", "a green square"])
    }

    @Test func `embeddings do not depend on how pictures are batched`() throws {
        let folder = try workplace(40), index = "\(folder.path)/index"
        _ = try indexPictures(settings(folder))
        var search = try PictureSearch(index), encoder = try search.encoder()
        let path = PictureFiles.absolute("\(folder.path)/photos/odd/9.png")
        let alone = try encoder.embed(pictureAt: path)
        let entry = try #require(try catalogue(folder).first { $0.path == path })
        var vectors = try IndexSnapshot(index)
        let stored = try #require(try vectors.embedding(of: entry.id))
        #expect(zip(stored, alone).allSatisfy { abs($0 - $1) < 1e-3 })
        #expect(try search.nearest(1, to: alone)[0].path == path)
    }
}
