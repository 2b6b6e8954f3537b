import Failures
import Foundation
import Kernels
import Tensors
import Testing

@testable import VectorIndex

/// Unit vectors around random centres, as embeddings of pictures lie: `[count, embedDim]`.
func cloud(_ count: Int, embedDim: Int, centres: Int, seed: UInt64, spread: Float = 0.6) -> [Float] {
    var random = SeededRandom(seed: seed, purpose: .test)
    let middle = (0..<centres * embedDim).map { _ in random.normal() }
    var rows: [Float] = []
    for _ in 0..<count {
        let centre = random.index(below: centres) * embedDim
        rows += (0..<embedDim).map { middle[centre + $0] + spread * random.normal() }
    }
    return unitLength(rows, width: embedDim)
}

/// Rows as an index stores them.
func stored(_ rows: [Float], width: Int) -> [Float] {
    storedRows(rows.span, width: width).read { floats(ofHalves: $0) }
}

/// The right answer, by sorting the products with all rows as they are stored.
func bruteForce(_ k: Int, _ query: Span<Float>, _ rows: [Float], ids: [Int64]) -> [Hit] {
    let products = storedRows(rows.span, width: query.count).read { halfProducts($0, query, width: query.count) }
    let hits = ids.enumerated().map { Hit(id: $1, score: products[$0]) }
    return Array(hits.sorted { $0.isBetter(than: $1) }.prefix(k))
}

/// Queries of another modality than some rows: blurred, and all moved the same way.
func otherModality(_ rows: [Float], width: Int) -> [Float] {
    unitLength(rows.indices.map { rows[$0] * 0.4 + ($0 % width == 3 ? 0.8 : 0) }, width: width)
}

/// The share of the right hits that were found.
func recall(_ found: [[Hit]], _ right: [[Hit]]) -> Double {
    let common = zip(found, right).map { a, b in Set(a.map(\.id)).intersection(b.map(\.id)).count }
    return Double(common.reduce(0, +)) / Double(right.joined().count)
}

/// Checks that the ten nearest to queries of a kind are the same for one query and many, one thread and several, and that
/// fewer of them are the first.
func expectSameAnswers(_ index: inout IndexSnapshot, _ queries: [Float], as kind: QueryKind) throws {
    let threads = threadCount, width = index.embedDim, count = queries.count / width
    defer { setThreadCount(threads) }
    func one(_ query: Int) throws -> [Hit] {
        try index.nearest(10, to: Array(queries[query * width..<(query + 1) * width]), as: kind)[0]
    }
    setThreadCount(1)
    let alone = try (0..<count).map(one)
    #expect(try index.nearest(10, to: queries, as: kind) == alone)
    setThreadCount(7)
    #expect(try index.nearest(10, to: queries, as: kind) == alone)
    for query in 0..<20 { #expect(try one(query) == alone[query]) }
    #expect(try index.nearest(3, to: queries, as: kind) == alone.map { Array($0.prefix(3)) })
}

/// Checks that `make` leaves the same files in a folder for one thread and for five, and how many.
func expectSameFiles(_ count: Int, _ make: (String) throws -> Void) throws {
    let threads = threadCount
    defer { setThreadCount(threads) }
    let contents = try [1, 5].map { threads in
        setThreadCount(threads)
        let folder = TemporaryFolder()
        try make(folder.path)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            try Data(contentsOf: URL(filePath: "\(folder.path)/\($0)"))
        }
    }
    #expect(contents[0] == contents[1] && contents[0].count == count)
}

/// A folder that is deleted at the end.
struct TemporaryFolder: ~Copyable {
    let path = NSTemporaryDirectory() + "index-\(UUID().uuidString)"
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension IndexSettings {
    init(exactBelow: Int) {
        self.init()
        self.exactBelow = exactBelow
    }
}

/// Makes or extends the index in `folder`.
func store(
    _ rows: [Float], ids: [Int64], in folder: String, embedDim: Int, exactBelow: Int, removing removed: [Int64] = []
) throws(Failure) {
    var update = try IndexUpdate(folder, embedDim: embedDim, settings: IndexSettings(exactBelow: exactBelow))
    for id in removed { update.remove(id) }
    for (i, id) in ids.enumerated() { try update.append(Array(rows[i * embedDim..<(i + 1) * embedDim]), id: id) }
    try update.commit(attachments: [:])
}
