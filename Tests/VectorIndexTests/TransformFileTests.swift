import Failures
import Foundation
import Storage
import Testing

@testable import VectorIndex

@Suite struct TransformFileTests {
    private func written(_ name: String, to folder: String) throws -> (path: String, transform: FittedTransform) {
        try AtomicFile.makeFolder(folder)
        var rows = try FittingRows(cloud(50, embedDim: 6, centres: 3, seed: 1), embedDim: 6, named: "rows")
        let choice = try #require(TransformChoice(name))
        let transform = try choice.transform(embedDim: 6, seed: 1).fit(on: &rows)
        try transform.write(to: "\(folder)/x.transform")
        return ("\(folder)/x.transform", transform)
    }

    @Test(arguments: embeddingTransforms.map { $0.name }) func `what is read is what was written`(name: String) throws {
        let folder = TemporaryFolder(), (path, transform) = try written(name, to: folder.path)
        #expect(try FittedTransform(path) == transform)
    }

    @Test func `every flipped bit and every truncation is noticed`() throws {
        let folder = TemporaryFolder(), (path, _) = try written("whiten:3", to: folder.path)
        let whole = try Data(contentsOf: URL(filePath: path))
        func refuses(_ bytes: Data, _ comment: String) throws {
            try bytes.write(to: URL(filePath: path))
            let failure = #expect(throws: Failure.self, "\(comment)") { try FittedTransform(path) }
            #expect(failure?.kind == .badData)
        }
        for offset in stride(from: 0, to: whole.count, by: 7) {
            var bytes = whole
            bytes[offset] ^= 4
            try refuses(bytes, "byte \(offset)")
        }
        for count in [0, 1, 7, 63, 64, 79, 80, whole.count / 2, whole.count - 1] {
            try refuses(whole.prefix(count), "\(count) bytes")
        }
    }

    @Test func `a missing file is said to be missing`() {
        let failure = #expect(throws: Failure.self) { try FittedTransform("/nowhere/x.transform") }
        #expect(failure?.kind == .missingInput)
    }
}
