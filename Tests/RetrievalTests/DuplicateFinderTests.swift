import Catalogue
import Failures
import Foundation
import Testing
import VectorIndex

@testable import Retrieval

@Suite struct DuplicateFinderTests {
    /// Groups of ids among pictures at the given angles (degrees), with their hashes and contents.
    private func groups(_ pictures: [(angle: Double, hash: UInt64, content: String)]) throws -> [[Int64]] {
        let folder = try TemporaryFolder(), path = "\(folder.path)/index"
        do {
            var update = try IndexUpdate(path, embedDim: 2)
            for (i, picture) in pictures.enumerated() {
                let radians = picture.angle * .pi / 180
                try update.append([Float(cos(radians)), Float(sin(radians))], id: Int64(i + 1))
            }
            try update.commit(attachments: [:])
        }
        let entries = pictures.enumerated().map { i, picture in
            CatalogueEntry(
                id: Int64(i + 1), path: "/\(i)", size: 1, modified: 1, fingerprint: picture.content,
                perceptualHash: picture.hash, height: 1, width: 1, captions: [])
        }
        var vectors = try IndexSnapshot(path)
        return try DuplicateFinder().groups(of: entries, in: &vectors).map { $0.map(\.id) }
    }

    @Test func `pictures are duplicates only if embedding and looks both agree`() throws {
        #expect(try groups([(0, 0, "a"), (5, 1, "b"), (5, .max, "c"), (80, 1, "d")]) == [[1, 2]])
    }

    @Test func `equal contents are duplicates, however many`() throws {
        let copies = (0..<70).map { _ in (angle: 10.0, hash: UInt64(0), content: "a") }
        #expect(try groups(copies + [(90, 0, "b")]) == [(1...70).map { Int64($0) }])
    }

    @Test func `a chain of small differences makes no group`() throws {
        let chain = (0..<8).map { (angle: Double($0) * 15, hash: UInt64(0), content: "\($0)") }
        #expect(try groups(chain) == [[1, 2], [3, 4], [5, 6], [7, 8]])
    }
}
