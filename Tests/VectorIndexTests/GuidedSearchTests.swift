import Failures
import Foundation
import Kernels
import Testing

@testable import VectorIndex

/// Searches that visit as many lists as a recall takes.
@Suite(.serialized) struct GuidedSearchTests {
    private static let width = 32, count = 2500
    /// Embeddings around 40 centres; then others around the same, and queries of another modality: moved, and blurred.
    private let rows = cloud(count + 1400, embedDim: width, centres: 40, seed: 21)
    private var stored: [Float] { Array(rows.prefix(Self.count * Self.width)) }
    private var pictures: [Float] { Array(rows.suffix(1400 * Self.width)) }
    private var words: [Float] { otherModality(pictures, width: Self.width) }

    private func part(_ rows: [Float], _ range: Range<Int>) -> [Float] {
        Array(rows[range.lowerBound * Self.width..<range.upperBound * Self.width])
    }

    /// An index that learned from 1,000 queries of each kind.
    private func index(_ folder: String, learning: Bool = true) throws(Failure) -> IndexSnapshot {
        var update = try IndexUpdate(
            folder, embedDim: Self.width, settings: IndexSettings(exactBelow: 1000))
        if learning { update.train(on: [.pictures: part(pictures, 0..<1000), .words: part(words, 0..<1000)]) }
        for id in 0..<Self.count { try update.append(part(stored, id..<id + 1), id: Int64(id)) }
        try update.commit(attachments: [:])
        return try IndexSnapshot(folder)
    }

    @Test func `the recall that is asked for is found, for each kind of queries`() throws {
        let folder = TemporaryFolder()
        var index = try self.index(folder.path)
        for (kind, queries) in [(QueryKind.pictures, pictures), (.words, words)] {
            let own = part(queries, 1000..<1400), right = try index.exactNearest(10, to: own)
            for asked in [0.8, 0.9, 0.95, 0.98] {
                let found = try index.nearest(10, to: own, as: kind, recall: asked)
                #expect(recall(found, right) >= asked - 0.015, "\(kind) \(asked)")
            }
        }
    }

    @Test(arguments: [0, 2, 5, 20])
    func `among some, the recall that is asked for is found, and never too little`(leftOut: Int) throws {
        let folder = TemporaryFolder()
        let index = try self.index(folder.path)
        // One in so many is left out; where it is 0, all but the first fifth, which is another way to be far from queries.
        let allowed = Set(
            (0..<Int64(Self.count)).filter { leftOut == 0 ? $0 * 5 >= Self.count : $0 % Int64(leftOut) != 0 })
        for (kind, queries) in [(QueryKind.pictures, pictures), (.words, words)] {
            let own = part(queries, 1000..<1400)
            var some = index.restricted(to: allowed.contains)
            let right = try some.exactNearest(10, to: own)
            for asked in [0.9, 0.95] {
                let found = try index.nearest(10, to: own, as: kind, recall: asked, among: allowed)
                #expect(found.allSatisfy { $0.count == 10 && $0.allSatisfy { allowed.contains($0.id) } })
                #expect(recall(found, right) >= asked - 0.015, "\(kind) \(asked)")
                #expect(try some.nearest(10, to: own, as: kind, recall: asked) == found)
            }
        }
    }

    @Test func `less is looked at for less recall, and all for more than was reached`() throws {
        let folder = TemporaryFolder()
        var index = try self.index(folder.path)
        let recalls = try #require(index.manifest.lists?.recalls)
        #expect(recalls.map(\.kind) == [.pictures, .words])
        for table in recalls {
            #expect(table.points.map(\.recall) == table.points.map(\.recall).sorted() && !table.points.isEmpty)
            #expect(zip(table.points, table.points.dropFirst()).allSatisfy { $0.scanned <= $1.scanned + 0.05 })
            #expect(table.points.allSatisfy { $0.measured >= $0.recall + $0.margin })
        }
        let own = part(pictures, 1000..<1040)
        #expect(try index.nearest(10, to: own, recall: 1) == index.exactNearest(10, to: own))
    }

    @Test func `without queries an index learns from its own rows`() throws {
        let folder = TemporaryFolder()
        var index = try self.index(folder.path, learning: false)
        #expect(index.manifest.lists?.recalls.map(\.kind) == [.pictures])
        let own = part(pictures, 0..<400), right = try index.exactNearest(10, to: own)
        #expect(recall(try index.nearest(10, to: own), right) >= 0.93)
        // A kind of which nothing is known visits an eighth of the lists.
        let found = try index.nearest(10, to: own, as: QueryKind("sounds"))
        #expect(try found == index.nearest(10, to: own, nprobe: index.usualNprobe))
    }

    @Test func `scores are those of the stored vectors, best first`() throws {
        let folder = TemporaryFolder()
        var index = try self.index(folder.path)
        for hits in try index.nearest(10, to: part(pictures, 1000..<1100)) {
            #expect(zip(hits, hits.dropFirst()).allSatisfy { $0.isBetter(than: $1) } && hits.count == 10)
        }
        let query = part(pictures, 1000..<1001),
            right = bruteForce(Self.count, query.span, stored, ids: (0..<Self.count).map { Int64($0) })
        let scores = Dictionary(uniqueKeysWithValues: right.map { ($0.id, $0.score) })
        for hit in try index.nearest(10, to: query)[0] { #expect(hit.score == scores[hit.id]) }
    }

    @Test func `the answer depends neither on threads nor on the batch nor on k`() throws {
        let folder = TemporaryFolder()
        var index = try self.index(folder.path)
        try expectSameAnswers(&index, part(pictures, 1000..<1090), as: .pictures)
        try expectSameAnswers(&index, part(words, 1000..<1090), as: .words)
    }

    @Test func `the same rows and queries give the same files for any number of threads`() throws {
        try expectSameFiles(4) { _ = try index($0) }
    }

    @Test func `what is appended lies in the same lists, and what is removed is not found`() throws {
        let folder = TemporaryFolder()
        _ = try self.index(folder.path)
        var update = try IndexUpdate(folder.path, embedDim: Self.width, settings: IndexSettings(exactBelow: 1000))
        for id in 0..<400 { try update.append(part(pictures, 1000 + id..<1001 + id), id: Int64(Self.count + id)) }
        for id in 0..<250 { update.remove(Int64(3 * id)) }
        let makesLists = update.makesLists
        #expect(!makesLists)
        try update.commit(attachments: [:])
        var index = try IndexSnapshot(folder.path)
        #expect(index.manifest.segments.count == 2 && index.count == Self.count + 150)
        let own = part(pictures, 1000..<1200), right = try index.exactNearest(10, to: own)
        let found = try index.nearest(10, to: own)
        #expect(zip(found, 0..<200).count { $0[0].id == Int64(Self.count + $1) } >= 190)
        #expect(recall(found, right) >= 0.94)
        #expect(!found.joined().contains { $0.id < 750 && $0.id % 3 == 0 })
        #expect(index.damages().isEmpty)
    }

    @Test func `never fewer hits than there are embeddings`() throws {
        let folder = TemporaryFolder()
        var index = try self.index(folder.path)
        let few = Set((0..<Self.count).filter { $0 % 311 == 0 }.map { Int64($0) })
        var restricted = index.restricted(to: few.contains)
        #expect(try restricted.nearest(20, to: part(pictures, 0..<5)).allSatisfy { $0.count == few.count })
        #expect(try index.nearest(Self.count, to: part(pictures, 0..<1))[0].count == Self.count)
    }

    @Test func `when lists hold four times as many as they were made from, they are made anew`() throws {
        let folder = TemporaryFolder(), settings = IndexSettings(exactBelow: 100)
        func add(_ range: Range<Int>) throws(Failure) -> IndexManifest {
            var update = try IndexUpdate(folder.path, embedDim: Self.width, settings: settings)
            for id in range { try update.append(part(rows, id..<id + 1), id: Int64(id)) }
            try update.commit(attachments: [:])
            return update.manifest
        }
        let first = try add(0..<200)
        #expect(first.lists?.learnedFrom == 200)
        #expect(try add(200..<500).lists == first.lists)
        #expect(try add(500..<1200).lists?.learnedFrom == 1200)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.count { $0.hasSuffix(".model") } == 1)
    }
}
