import Evaluation
import Testing

@testable import Training

@Suite struct EmbeddedTests {
    /// Pictures along axes of their own; each caption lies on its picture.
    private func embedded(_ names: [String]) -> Embedded {
        var embedded = Embedded(embedDim: names.count)
        embedded.names = names
        for i in names.indices {
            embedded.pairs.addPicture(captions: ["caption \(i)"])
            let axis = names.indices.map { Float($0 == i ? 1 : 0) }
            embedded.pictures += axis
            embedded.captions += axis
        }
        return embedded
    }

    @Test func `every top folder is evaluated alone`() {
        let parts = embedded(["icons/a.png", "emoji/b.png", "icons/c/d.png"]).partReports()
        #expect(Set(parts.keys) == ["icons", "emoji"])
        #expect(parts["icons"]?.textToImage.queries == 2 && parts["icons"]?.textToImage.candidates == 2)
        #expect(parts["icons"]?.textToImage.recallAt1 == 1 && parts["icons"]?.imageToText.recallAt1 == 1)
    }

    @Test func `a caption that several pictures share stays one candidate in a part`() {
        var embedded = embedded(["a/1", "a/2", "b/3"])
        embedded.pairs = .init()
        for _ in 0..<2 { embedded.pairs.addPicture(captions: ["shared"]) }
        embedded.pairs.addPicture(captions: ["own"])
        embedded.captions = [1, 0, 0, 0, 0, 1]
        #expect(embedded.partReports()["a"]?.imageToText.candidates == 1)
    }

    @Test(arguments: [["a.png", "b/c.png"], ["a/1", "a/2"], (0..<13).map { "\($0)/x" }])
    func `there are no parts without 2 to 12 top folders`(names: [String]) {
        #expect(embedded(names).partReports().isEmpty)
    }
}
