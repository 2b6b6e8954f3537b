import Failures
import Foundation
import Kernels
import Testing

@testable import Retrieval

@Suite struct QueryTests {
    @Test(arguments: [
        ("dog", 1, "dog"), ("2:dog", 2, "dog"), ("0.5: two dogs", 0.5, "two dogs"), (".25:x", 0.25, "x"),
        ("16:9", 16, "9"), ("time 10:30", 1, "time 10:30"), (":dog", 1, ":dog"), ("2:", 1, "2:"),
        ("-2:dog", 1, "-2:dog"),
        ("", 1, ""),
    ])
    func `a number before a colon is a weight`(text: String, weight: Float, words: String) {
        #expect(Query.Part(words: text) == Query.Part(.words(words), weight: weight))
    }

    @Test func `a file's own name is taken before a weight, and a picture before words`() throws {
        let folder = try TemporaryFolder()
        try folder.write(drawing(1), to: "2:a.png")
        try folder.write(Array("no picture".utf8), to: "dog")
        let path = "\(folder.path)/2:a.png"
        #expect(Query.Part(picture: path) == Query.Part(.picture(path)))
        #expect(Query.Part(picture: "3:\(path)") == Query.Part(.picture(path), weight: 3))
        #expect(Query.Part(wordsOrPicture: "3:\(path)") == Query.Part(.picture(path), weight: 3))
        #expect(Query.Part(wordsOrPicture: "\(folder.path)/dog").content == .words("\(folder.path)/dog"))
    }

    @Test func `a query is described as a person would write it`() {
        let query = Query([
            Query.Part(.words("dog"), weight: 2), Query.Part(.picture("/a/b.jpg")),
            Query.Part(words: "0.5:snow").negated,
        ])
        #expect(query.description == "2 × dog + b.jpg − 0.5 × snow")
    }

    @Test func `parts add up with their weights`() throws {
        let folder = try TemporaryFolder()
        try writeTinyModel(to: folder.path)
        var encoder = try Encoder(folder.path)
        let a = try encoder.embed(captions: ["a red square"])[0], b = try encoder.embed(captions: ["a blue square"])[0]
        let sum = try encoder.embed(
            Query([Query.Part(words: "2:a red square"), Query.Part(words: "a blue square").negated]))
        let expected = zip(a, b).map { 2 * $0 - $1 }
        let length = Float(sumOfSquares(expected.span).squareRoot())
        #expect(zip(sum, expected).allSatisfy { abs($0 - $1 / length) < 1e-6 })
        let failure = #expect(throws: Failure.self) {
            _ = try encoder.embed(Query([Query.Part(words: "x"), Query.Part(words: "x").negated]))
        }
        #expect(failure?.kind == .badSettings)
    }
}
