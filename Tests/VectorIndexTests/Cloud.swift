import Failures
import Foundation
import Kernels
import Tensors

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
