import Catalogue
public import Failures
import VectorIndex

/// How passages are found.
public enum TextMatch: String, Sendable, CaseIterable {
    /// By meaning: the embeddings' cosine.
    case meaning
    /// By words: BM25.
    case words
    /// By both; the two orders are fused.
    case both
}

/// A passage that was found.
public struct TextHit: Sendable, Equatable, Encodable {
    /// Its place in the answer, from 1.
    public var rank: Int
    /// The cosine with the query; the sum of reciprocal ranks where two orders were fused; 1/rank by words alone.
    public var score: Float
    /// The file in which it stands.
    public var path: String
    /// The line where it begins, from 1.
    public var line: Int
    /// Its words.
    public var text: String

    /// One line of JSON: `rank`, `score`, `path`, `line`, `text`.
    public var json: String { jsonLine(self) }
}

/// An index of texts, opened to be asked.
public struct TextSearch: Sendable {
    private var vectors: IndexSnapshot
    private let catalogue: PassageCatalogue
    private let model: String

    /// Opens the index in `folder`; nil where it is one of pictures.
    ///
    /// - Throws: `.missingInput` where there is none, `.badData` where it is damaged.
    public init?(_ folder: String) throws(Failure) {
        let contents = try IndexContents(folder)
        guard case .texts(let catalogue) = contents.names, let model = contents.model else { return nil }
        vectors = contents.vectors
        self.catalogue = catalogue
        self.model = model
    }

    /// The encoder that made the index.
    ///
    /// - Throws: `.badSettings` where the model inside is another one than the index was made with.
    public func encoder() throws(Failure) -> TextEncoder {
        let encoder = try TextEncoder(model)
        try StoredModel(encoder.fingerprint).checkFound(at: model, encoder.embedDim, vectors.embedDim)
        return encoder
    }

    /// The `k` passages that fit `query` best, best first.
    ///
    /// Two orders are fused by reciprocal rank, `Σ 1/(60 + rank)` — Cormack et al. 2009 — over the first 100 or `k` of
    /// each.
    ///
    /// - Throws: `.badData` where a part of the index is damaged.
    public mutating func nearest(
        _ k: Int, to query: String, _ encoder: inout TextEncoder, by match: TextMatch = .both, recall: Double? = nil,
        nprobe: Int? = nil
    ) throws(Failure) -> [TextHit] {
        let depth = match == .both ? max(k, 100) : k
        var meaning: [(id: Int64, score: Float)] = [], words: [Int64] = []
        if match != .words {
            let embedding = try encoder.embed([query])[0]
            meaning = try vectors.nearest(
                depth, to: embedding, recall: recall ?? IndexSnapshot.usualRecall, nprobe: nprobe
            )[0].map { ($0.id, $0.score) }
        }
        if match != .meaning { words = try catalogue.matching(query, depth) }
        let found: [(id: Int64, score: Float)] =
            switch match {
            case .meaning: meaning
            case .words: words.enumerated().map { ($1, 1 / Float($0 + 1)) }
            case .both: Self.fused([meaning.map(\.id), words])
            }
        let passages = try catalogue.passages(ids: found.prefix(k).map(\.id))
        return found.prefix(k).enumerated().compactMap { place, hit in
            passages[hit.id].map {
                TextHit(rank: place + 1, score: hit.score, path: $0.path, line: $0.passage.line, text: $0.passage.text)
            }
        }
    }

    /// The ids of several orders, best first; equal ones by their number.
    static func fused(_ orders: [[Int64]]) -> [(id: Int64, score: Float)] {
        var scores: [Int64: Float] = [:]
        for order in orders {
            for (place, id) in order.enumerated() { scores[id, default: 0] += 1 / Float(60 + place + 1) }
        }
        return scores.map { (id: $0.key, score: $0.value) }.sorted { ($1.score, $0.id) < ($0.score, $1.id) }
    }
}
