import Datasets
import Foundation
import Testing

@testable import Retrieval

@Suite struct CaptionQueriesTests {
    private let some = (0..<120).map { "a square, number \($0)" }

    @Test func `captions are asked, and those of the model where there are too few`() throws {
        let folder = try TemporaryFolder(), run = "\(folder.path)/run"
        try writeTinyModel(to: run)
        var encoder = try Encoder(run)
        #expect(try encoder.queries(of: some).count == 120 * 12)
        #expect(try encoder.queries(of: Array(some.prefix(99))).isEmpty && encoder.queries(of: []).isEmpty)
        try CaptionStock.write(some, to: run)
        #expect(try encoder.queries(of: []) == encoder.queries(of: some))
        #expect(try encoder.queries(of: ["a circle"]).count == 121 * 12)
        try CaptionStock.write(Array(some.prefix(50)), to: run)
        #expect(try encoder.queries(of: []).isEmpty)
    }

    @Test func `the model inside an index keeps its captions`() throws {
        let folder = try TemporaryFolder(), run = "\(folder.path)/run"
        try writeTinyModel(to: run)
        let former = try Encoder(run).fingerprint
        try CaptionStock.write(some, to: run)
        #expect(try Encoder(run).fingerprint == former)
        try folder.write(try drawing(1), to: "photos/1.png")
        let report = try indexPictures(
            IndexingSettings(
                pictures: ["\(folder.path)/photos"], model: run, output: "\(folder.path)/index", workers: 1))
        #expect(report.wordless == nil)
        let model = try #require(try indexKind("\(folder.path)/index").model)
        #expect(try CaptionStock.read(from: model) == some)
    }
}
