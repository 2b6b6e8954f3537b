import Foundation
import Testing

@testable import Datasets

@Suite struct CaptionStockTests {
    @Test func `captions are kept once each, on one line, in their order`() {
        let found = CaptionStock.sample(of: ["a dog", "", "two\nlines\r\nor three", "a dog", "a cat", "\n"])
        #expect(found == ["a dog", "two lines or three", "a cat"])
    }

    @Test func `of too many, evenly spaced ones are kept`() {
        let found = CaptionStock.sample(of: (0..<7001).map { "\($0)" })
        #expect(found.count == CaptionStock.most && found.prefix(3) == ["0", "2", "4"] && found.last == "6998")
    }

    @Test func `what was written is read, and copied where there is none`() throws {
        let folder = try TestFolder()
        for name in ["run", "best", "other"] {
            try FileManager.default.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
        }
        try CaptionStock.copy(from: "\(folder.path)/other", to: "\(folder.path)/best")
        #expect(try CaptionStock.read(from: "\(folder.path)/best").isEmpty)
        try CaptionStock.write(["a dog", "a cat", "a dog"], to: "\(folder.path)/run")
        try CaptionStock.copy(from: "\(folder.path)/run", to: "\(folder.path)/best")
        #expect(try CaptionStock.read(from: "\(folder.path)/best") == ["a dog", "a cat"])
        try CaptionStock.write(["a bird"], to: "\(folder.path)/run")
        try CaptionStock.copy(from: "\(folder.path)/run", to: "\(folder.path)/best")
        #expect(try CaptionStock.read(from: "\(folder.path)/best") == ["a dog", "a cat"])
    }
}
