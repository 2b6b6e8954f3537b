import Failures
import Foundation
import Testing

@testable import VectorIndex

@Suite struct InterchangeTests {
    private let rows = cloud(70, embedDim: 6, centres: 4, seed: 3)
    private let ids = (0..<70).map { Int64(2 * $0) }

    /// An index in `folder/i` whose rows 0 and 1 are known by name.
    private func export(_ folder: String) throws -> VectorExport {
        try store(rows, ids: ids, in: "\(folder)/i", embedDim: 6, exactBelow: 1000)
        var notes = Dictionary(uniqueKeysWithValues: ids.map { ($0, RowNote(name: "picture \($0).png")) })
        notes[2]?.caption = "a \"red\" cat\nand a dog"
        return VectorExport(try IndexSnapshot("\(folder)/i"), notes: notes)
    }

    @Test(arguments: vectorFormats.map { $0.name }) func `every format gives back what was written`(name: String) throws
    {
        let folder = TemporaryFolder(), format = try #require(vectorFormats.first { $0.name == name })
        let path = "\(folder.path)/x" + (format.endings.first ?? "")
        try format.write(try export(folder.path), to: path)
        #expect(format.endings.isEmpty || format.recognizes(path))
        let table = try format.read(path)
        #expect(table.count == 70 && table.embedDim == 6)
        for row in 0..<70 {
            let place = table.ids.map { Int($0[row]) / 2 } ?? row
            for (a, b) in zip(table.row(row), rows[place * 6..<place * 6 + 6]) { #expect(abs(a - b) < 1e-3) }
        }
        if ["npy", "jsonl", "clip-retrieval"].contains(name) { #expect(table.notes?[3].name == "picture 6.png") }
        if ["jsonl", "clip-retrieval"].contains(name) {
            #expect(table.notes?[1].caption == "a \"red\" cat\nand a dog")
        }
    }

    @Test(arguments: vectorFormats.map { $0.name }) func `every truncation is refused, and no file is left half`(
        name: String
    ) throws {
        let folder = TemporaryFolder(), format = try #require(vectorFormats.first { $0.name == name })
        guard name != "clip-retrieval", name != "jsonl" else { return }
        let path = "\(folder.path)/x", export = try export(folder.path)
        try format.write(export, to: path)
        let whole = try Data(contentsOf: URL(filePath: path))
        for count in [0, 1, 7, 8, 40, whole.count / 2 - 3, whole.count - 29, whole.count - 1] {
            try whole.prefix(count).write(to: URL(filePath: path))
            let failure = #expect(throws: Failure.self, "\(count) bytes") { try format.read(path) }
            #expect(failure?.kind == .badData)
        }
        #expect(throws: Failure.self) { try format.write(export, to: "\(folder.path)/no/x") }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.contains(".writing") })
    }

    private func table(_ lines: String, _ folder: borrowing TemporaryFolder) throws -> VectorTable {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        try lines.write(toFile: "\(folder.path)/x.jsonl", atomically: true, encoding: .utf8)
        return try JSONLinesFormat.read("\(folder.path)/x.jsonl")
    }

    @Test func `lines of several vector databases are read`() throws {
        let folder = TemporaryFolder()
        let qdrant = try table("{\"id\": 5, \"vector\": [1, 0.5], \"payload\": {\"path\": \"a.png\"}}\r\n\n", folder)
        #expect(qdrant.ids == [5] && qdrant.row(0) == [1, 0.5] && qdrant.notes == [RowNote(name: "a.png")])
        let pinecone = try table("{\"id\": \"k1\", \"values\": [1, 2]}\n{\"id\": \"k2\", \"values\": [3, 4]}", folder)
        #expect(pinecone.ids == nil && pinecone.row(1) == [3, 4] && pinecone.notes?[1].name == "k2")
    }

    @Test(arguments: [
        "", "{}", "[1]", "{\"vector\": []}", "{\"vector\": [1]}\n{\"vector\": [1, 2]}", "{\"vector\": [1]}\nnonsense",
        "{\"vector\": [1], \"id\": 1}\n{\"vector\": [1]}", "{\"vector\": \"abc\"}",
    ])
    func `lines that are none are refused`(text: String) throws {
        let folder = TemporaryFolder(), failure = #expect(throws: Failure.self) { try table(text, folder) }
        #expect(failure?.kind == .badData)
    }

    @Test func `metadata in Parquet are said not to be read`() throws {
        let folder = TemporaryFolder(), path = "\(folder.path)/x", export = try export(folder.path)
        try ClipRetrievalFormat.write(export, to: path)
        try FileManager.default.moveItem(
            atPath: "\(path)/metadata/metadata_0000.jsonl", toPath: "\(path)/metadata/metadata_0000.parquet")
        let table = try ClipRetrievalFormat.read(path)
        #expect(table.notes == nil && table.remarks.count == 1 && table.remarks[0].contains("Parquet"))
        #expect(try ClipRetrievalFormat.read("\(path)/img_emb").count == 70)
        #expect(throws: Failure.self) { try ClipRetrievalFormat.write(export, to: path) }
    }

    @Test func `names beside a matrix must be as many as its rows`() throws {
        let folder = TemporaryFolder(), path = "\(folder.path)/x.npy"
        try NumPyFormat.write(try export(folder.path), to: path)
        try "one\ntwo\n".write(toFile: "\(folder.path)/x.txt", atomically: true, encoding: .utf8)
        #expect(throws: Failure.self) { try NumPyFormat.read(path) }
    }
}
