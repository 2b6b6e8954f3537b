import Failures
import Foundation
import Kernels
import Testing

@testable import VectorIndex

/// What holds for every codec: a scan that is exact enough for the recall that is asked for, and the same answers always.
@Suite(.serialized) struct CodecTests {
    private static let width = 40, count = 1500
    private let rows = cloud(count + 700, embedDim: width, centres: 30, seed: 31)
    private var pictures: [Float] { Array(rows.suffix(700 * Self.width)) }
    private var words: [Float] { otherModality(pictures, width: Self.width) }

    private func part(_ rows: [Float], _ range: Range<Int>) -> [Float] {
        Array(rows[range.lowerBound * Self.width..<range.upperBound * Self.width])
    }

    private func settings(_ codec: CodecChoice?) -> IndexSettings {
        var settings = IndexSettings(codec: codec)
        settings.exactBelow = 500
        return settings
    }

    private func index(_ folder: String, _ codec: CodecChoice) throws(Failure) -> IndexSnapshot {
        var update = try IndexUpdate(folder, embedDim: Self.width, settings: settings(codec))
        update.train(on: [.pictures: part(pictures, 0..<500), .words: part(words, 0..<500)])
        for id in 0..<Self.count { try update.append(part(rows, id..<id + 1), id: Int64(id)) }
        try update.commit(attachments: [:])
        return try IndexSnapshot(folder)
    }

    @Test(arguments: CodecChoice.all)
    func `the recall that is asked for is found, with the scores of the vectors`(codec: CodecChoice) throws {
        let folder = TemporaryFolder()
        var index = try self.index(folder.path, codec)
        #expect(index.manifest.codecChoice == codec && index.nlist > 0)
        for (kind, queries) in [(QueryKind.pictures, pictures), (.words, words)] {
            let own = part(queries, 500..<700), right = try index.exactNearest(10, to: own)
            let points = index.manifest.lists?.recalls.first { $0.kind == kind }?.points ?? []
            #expect(points.contains { $0.recall == 0.95 }, "\(codec.name) \(kind)")
            for asked in [0.85, 0.95] {
                let found = try index.nearest(10, to: own, as: kind, recall: asked)
                #expect(recall(found, right) >= asked - 0.02, "\(codec.name) \(kind) \(asked)")
                for (hits, all) in zip(found, try index.exactNearest(Self.count, to: part(own, 0..<20))) {
                    let scores = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.score) })
                    #expect(hits.count == 10 && hits.allSatisfy { $0.score == scores[$0.id] })
                }
            }
        }
    }

    @Test(arguments: CodecChoice.all)
    func `the answer depends neither on threads nor on the batch nor on k`(codec: CodecChoice) throws {
        let folder = TemporaryFolder()
        var index = try self.index(folder.path, codec)
        try expectSameAnswers(&index, part(words, 500..<570), as: .words)
    }

    @Test(arguments: CodecChoice.all)
    func `the same rows give the same files for any number of threads`(codec: CodecChoice) throws {
        try expectSameFiles(4) { _ = try index($0, codec) }
    }

    @Test(arguments: CodecChoice.all)
    func `what is appended is coded alike, and what is removed is not found`(codec: CodecChoice) throws {
        let folder = TemporaryFolder()
        _ = try self.index(folder.path, codec)
        var update = try IndexUpdate(folder.path, embedDim: Self.width, settings: settings(nil))
        for id in 0..<200 { try update.append(part(pictures, 500 + id..<501 + id), id: Int64(Self.count + id)) }
        for id in 0..<150 { update.remove(Int64(3 * id)) }
        try update.commit(attachments: [:])
        var index = try IndexSnapshot(folder.path)
        #expect(index.manifest.segments.count == 2 && index.manifest.codecChoice == codec)
        let own = part(pictures, 500..<600), right = try index.exactNearest(10, to: own)
        let found = try index.nearest(10, to: own)
        #expect(recall(found, right) >= 0.92, "\(codec.name)")
        #expect(!found.joined().contains { $0.id < 450 && $0.id % 3 == 0 })
        #expect(index.damages().isEmpty)
    }

    @Test(arguments: CodecChoice.all)
    func `damage is noticed before it is searched`(codec: CodecChoice) throws {
        let folder = TemporaryFolder()
        _ = try self.index(folder.path, codec)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != "lock" {
            let url = URL(filePath: "\(folder.path)/\(name)"), whole = try Data(contentsOf: url)
            for part in 0..<8 {
                var bytes = whole
                bytes[whole.count * part / 8 + 11] ^= 16
                if part % 4 == 3 { bytes = whole.prefix(whole.count * part / 8) }
                try bytes.write(to: url)
                let failure = #expect(throws: Failure.self, "\(codec.name): \(name), part \(part)") {
                    var index = try IndexSnapshot(folder.path)
                    _ = try index.nearest(10, to: self.part(words, 0..<3), as: .words)
                    _ = try index.exactNearest(1, to: self.part(words, 0..<1))
                }
                #expect(failure?.kind == .badData && failure?.place.hasSuffix(name) == true)
            }
            try whole.write(to: url)
        }
    }

    @Test func `an index keeps its codec, and refuses another one in one line`() throws {
        let folder = TemporaryFolder(), choice = try #require(CodecChoice("sq8"))
        _ = try self.index(folder.path, choice)
        do {
            var update = try IndexUpdate(folder.path, embedDim: Self.width, settings: settings(nil))
            try update.optimize()
        }
        #expect(try IndexManifest.read(folder.path).codecChoice == choice)
        let failure = #expect(throws: Failure.self) {
            _ = try IndexUpdate(folder.path, embedDim: Self.width, settings: settings(CodecChoice("flat"))).count
        }
        #expect(failure?.kind == .badSettings && failure?.why == "its rows are coded as sq8, not as flat")
        #expect(CodecChoice("sq9") == nil)
    }

    @Test func `what was chosen for an index without lists is what its lists become`() throws {
        let folder = TemporaryFolder(), choice = try #require(CodecChoice("rabitq"))
        func add(_ range: Range<Int>, _ codec: CodecChoice?) throws(Failure) {
            var update = try IndexUpdate(folder.path, embedDim: Self.width, settings: settings(codec))
            for id in range { try update.append(part(rows, id..<id + 1), id: Int64(id)) }
            try update.commit(attachments: [:])
        }
        try add(0..<100, choice)
        try add(100..<700, nil)
        let index = try IndexSnapshot(folder.path)
        #expect(index.nlist > 0 && index.model.map { type(of: $0.codec).name } == "rabitq")
    }

    @Test func `a codec that is unknown is named`() throws {
        let folder = TemporaryFolder()
        _ = try self.index(folder.path, .usual)
        var manifest = try IndexManifest.read(folder.path)
        manifest.codec = "octal"
        try manifest.write(to: folder.path)
        let failure = #expect(throws: Failure.self) { _ = try IndexSnapshot(folder.path) }
        #expect(failure?.why == "its rows are coded as octal, which is unknown")
    }

    @Test func `the usual codec leaves no trace in an index`() throws {
        let folder = TemporaryFolder()
        let index = try self.index(folder.path, .usual)
        let text = try String(contentsOfFile: "\(folder.path)/manifest.json", encoding: .utf8)
        #expect(index.manifest.codec == nil && !text.contains("codec"))
    }
}
