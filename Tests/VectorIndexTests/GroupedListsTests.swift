import Failures
import Foundation
import Kernels
import Testing

@testable import VectorIndex

/// Lists in groups, into few of which a row or a query looks.
@Suite(.serialized) struct GroupedListsTests {
    private static let width = 16, count = 5000
    private let rows = cloud(count + 1400, embedDim: width, centres: 80, seed: 41)
    private var pictures: [Float] { part(Self.count..<Self.count + 1400) }
    private var words: [Float] { otherModality(pictures, width: Self.width) }

    private func part(_ range: Range<Int>) -> [Float] { part(rows, range) }

    private func part(_ rows: [Float], _ range: Range<Int>) -> [Float] {
        Array(rows[range.lowerBound * Self.width..<range.upperBound * Self.width])
    }

    private func stored(_ range: Range<Int>) -> EmbeddingRows {
        EmbeddingRows(embedDim: Self.width, ids: range.map { Int64($0) }, floats: part(range))
    }

    /// Of 1,000 lists in 64 groups.
    private func index(_ folder: String) throws(Failure) -> IndexSnapshot {
        var settings = IndexSettings(exactBelow: 1000)
        (settings.nlist, settings.mostUngrouped) = (1000, 500)
        var update = try IndexUpdate(folder, embedDim: Self.width, settings: settings)
        update.train(on: [.pictures: part(pictures, 0..<1000), .words: part(words, 0..<1000)])
        for id in 0..<Self.count { try update.append(part(id..<id + 1), id: Int64(id)) }
        try update.commit(attachments: [:])
        return try IndexSnapshot(folder)
    }

    @Test func `a row lies in the list that is nearest to it, or nearly so`() {
        let rows = stored(0..<Self.count), grouped = Clustering(rows, nlist: 1000, mostUngrouped: 500)
        #expect(grouped.groups?.count == 64 && Set(grouped.lists).count == 1000)
        let y = Clustering.centred(rows.floats.span, around: grouped.centre)
        let (numbers, _) = grouped.centroids.nearest(to: y)
        let same = zip(numbers, grouped.lists).count { Int($0) == $1 }
        #expect(same * 100 >= 97 * Self.count, "\(same)")
    }

    @Test func `at most as many lists as that are as they were`() {
        let rows = stored(0..<1000)
        let one = Clustering(rows, nlist: 100), other = Clustering(rows, nlist: 100, mostUngrouped: 100)
        #expect(one.groups == nil && other.groups == nil && one.lists == other.lists)
    }

    @Test func `the recall that is asked for is found, with a look into some of the groups`() throws {
        let folder = TemporaryFolder()
        var index = try self.index(folder.path)
        let model = try #require(index.model)
        #expect(index.nlist == 1000 && model.groups?.count == 64)
        for (kind, queries) in [(QueryKind.pictures, pictures), (.words, words)] {
            let own = part(queries, 1000..<1400), right = try index.exactNearest(10, to: own)
            for asked in [0.8, 0.9, 0.95] {
                let found = try index.nearest(10, to: own, as: kind, recall: asked)
                #expect(recall(found, right) >= asked - 0.015, "\(kind) \(asked)")
            }
            let router = try #require(model.router(for: kind)),
                coordinates = router.coordinates(of: model.coded(own).rows)
            let heads = try #require(router.groups?.heads.products(with: coordinates))
            let gap = try #require(index.guidedSearch(kind, recall: 0.8, 10)?.gap)
            let looks = (0..<400).reduce(0) { sum, query in
                let own = heads[query * 64..<(query + 1) * 64], most = own.max() ?? 0
                return sum + own.count { $0 >= most - gap - router.margin }
            }
            #expect(looks < 400 * 64 * 3 / 4, "\(kind) \(looks)")
        }
    }

    @Test func `a model is read as it was written, and rows that come later lie in its lists`() throws {
        let folder = TemporaryFolder()
        _ = try index(folder.path)
        var update = try IndexUpdate(folder.path, embedDim: Self.width, settings: IndexSettings(exactBelow: 1000))
        for id in 0..<300 { try update.append(part(pictures, 1000 + id..<1001 + id), id: Int64(Self.count + id)) }
        try update.commit(attachments: [:])
        var index = try IndexSnapshot(folder.path)
        #expect(index.manifest.segments.count == 2 && index.damages().isEmpty)
        let found = try index.nearest(1, to: part(pictures, 1000..<1300))
        #expect(zip(found, 0..<300).count { $0[0].id == Int64(Self.count + $1) } >= 285)
        // The same again, from the file of its model.
        let model = try #require(index.model), path = "\(folder.path)/copy.model"
        let lists = try #require(index.manifest.lists)
        #expect(try model.write(to: path) == lists.checksum)
    }

    @Test func `the answer depends neither on threads nor on the batch nor on k`() throws {
        let folder = TemporaryFolder()
        var index = try self.index(folder.path)
        try expectSameAnswers(&index, part(pictures, 1000..<1090), as: .pictures)
        try expectSameAnswers(&index, part(words, 1000..<1090), as: .words)
    }

    @Test func `the same rows give the same files for any number of threads`() throws {
        try expectSameFiles(4) { _ = try index($0) }
    }
}
