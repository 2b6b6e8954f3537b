import Foundation
import Images
import Storage
import Testing

@testable import Retrieval

@Suite struct GalleryTests {
    private func gallery(_ folder: TemporaryFolder, count: Int = 3) throws -> Gallery {
        try folder.write(drawing(1, side: 300), to: "a 'b' & <c>#%.png")
        let hits = (1...count).map { rank in
            PictureHit(
                rank: rank, score: 1 - Float(rank) / 1000,
                path: rank == 2 ? "/gone.png" : "\(folder.path)/a 'b' & <c>#%.png",
                caption: rank == 1 ? "<script>alert(\"x\")</script>" : nil)
        }
        return Gallery(title: "1 < 2 & \"3\"", sections: [Gallery.Section(title: "", hits: hits)])
    }

    @Test func `a page escapes what comes from outside and links to the files`() throws {
        let folder = try TemporaryFolder(), path = "\(folder.path)/page.html"
        try gallery(folder).writePage(to: path)
        let html = try String(contentsOfFile: path, encoding: .utf8)
        #expect(html.contains("<title>1 &lt; 2 &amp; &quot;3&quot;</title>"))
        #expect(!html.contains("<script") && html.contains("&lt;script&gt;"))
        #expect(
            html.contains("/a%20'b'%20&amp;%20%3Cc%3E%23%25.png\"")
                || html.contains("/a%20&#39;b&#39;%20&amp;%20%3Cc%3E%23%25.png\""))
        #expect(html.contains("data:image/png;base64,") && html.contains("not readable"))
        #expect(!html.contains("src=\"http") && !html.contains("href=\"http"))
    }

    @Test func `a sheet is a PNG that shows every hit`() throws {
        let folder = try TemporaryFolder()
        try gallery(folder).writeSheet(to: "\(folder.path)/few.png")
        try gallery(folder, count: 12).writeSheet(to: "\(folder.path)/many.png")
        func size(_ name: String) throws -> Picture {
            try MappedFile("\(folder.path)/\(name)").read { try Picture(decoding: $0, named: name) }
        }
        #expect(try size("few.png").height < size("many.png").height)
    }

    @Test func `a gallery that is too large says so`() throws {
        let hits = (1...700).map { PictureHit(rank: $0, score: 0, path: "/x", caption: nil) }
        let large = Gallery(title: "t", sections: [.init(title: "a", hits: hits), .init(title: "b", hits: hits)])
        let shown = large.limited()
        #expect(shown.title == "t (first 500 of 1400)" && shown.sections.map(\.hits.count) == [500])
    }

    @Test(arguments: [(0.29314, "0.2931"), (-0.00001, "0.0000"), (-0.5, "-0.5000"), (1, "1.0000"), (.nan, "nan")])
    func `scores have four digits`(score: Float, text: String) { #expect(scoreText(score) == text) }

    @Test func `a hit's line of JSON has all fields`() {
        let hit = PictureHit(rank: 1, score: 0.25, path: "/a\nb/\"c\".png", caption: nil)
        #expect(hit.json == #"{"caption":null,"path":"/a\nb/\"c\".png","rank":1,"score":0.25}"#)
    }
}
