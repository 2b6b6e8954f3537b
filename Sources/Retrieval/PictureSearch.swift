import Catalogue
public import Failures
import VectorIndex

/// An index, opened to be asked.
public struct PictureSearch: Sendable {
    /// The index's folder, as the user wrote it.
    public let folder: String
    private var contents: IndexContents
    private let catalogue: PictureCatalogue
    private let model: String

    /// Opens the index in `folder`.
    ///
    /// - Throws: `.missingInput` where there is none, `.badData` where it is damaged.
    public init(_ folder: String) throws(Failure) {
        self.folder = folder
        contents = try IndexContents(folder)
        guard case .pictures(let catalogue) = contents.names, let model = contents.model else {
            throw Failure(
                .badData, "cannot open index", at: folder, because: "its manifest names no catalogue or no model",
                try: "give --vector, or build it with clip-index from pictures")
        }
        self.catalogue = catalogue
        self.model = model
    }

    /// Pictures in the index.
    public var count: Int { contents.vectors.count }

    /// The model that made the index: only its words and pictures can be compared with what is inside.
    ///
    /// - Throws: `.badSettings` where the model inside is another one than the index was made with.
    public func encoder() throws(Failure) -> Encoder {
        let encoder = try Encoder(model)
        try StoredModel(encoder.fingerprint).checkFound(at: model, encoder.embedDim, contents.vectors.embedDim)
        return encoder
    }

    /// The `k` pictures nearest to an embedding, best first. `nprobe` is how many lists of a large index are visited.
    ///
    /// - Throws: `.badData` where a part of the index is damaged.
    public mutating func nearest(_ k: Int, to embedding: [Float], nprobe: Int? = nil) throws(Failure) -> [PictureHit] {
        try hits(try contents.vectors.nearest(k, to: embedding, nprobe: nprobe)[0])
    }

    /// The pictures nearest to an embedding within some limits, best first.
    ///
    /// - Throws: `.missingInput` where a picture that limits name is not in the index, `.badData` where that is
    ///   damaged.
    public mutating func nearest(_ limits: SearchLimits, to embedding: [Float]) throws(Failure) -> [PictureHit] {
        try hits(try limits.search(&contents, embedding)[0])
    }

    /// The pictures nearest to what is looked for within some limits, best first.
    ///
    /// - Throws: what embedding the query throws, and as above.
    public mutating func nearest(
        _ limits: SearchLimits, to query: Query, _ encoder: inout Encoder
    ) throws(Failure) -> [PictureHit] {
        try hits(try limits.search(&contents, try encoder.embed(query), as: query.kind)[0])
    }

    /// The `k` pictures nearest to one that is in the index, without itself.
    ///
    /// - Throws: `.missingInput` where `path` is not in the index.
    public mutating func nearest(
        _ k: Int, toIndexed path: String, nprobe: Int? = nil
    ) throws(Failure) -> [PictureHit] {
        var limits = SearchLimits()
        (limits.k, limits.nprobe) = (k, nprobe)
        return try nearest(limits, toIndexed: path)
    }

    /// The pictures nearest to one that is in the index within some limits, without itself.
    ///
    /// - Throws: `.missingInput` where `path`, or a picture that limits name, is not in the index.
    public mutating func nearest(_ limits: SearchLimits, toIndexed path: String) throws(Failure) -> [PictureHit] {
        var entry = try catalogue.entry(path: PictureFiles.absolute(path))
        if entry == nil { entry = try catalogue.entry(path: path) }
        guard let entry, let embedding = try contents.vectors.embedding(of: entry.id) else {
            throw Failure(
                .missingInput, "cannot find picture in the index", at: path, because: "no such path inside \(folder)",
                try: "search with --image, or add it with clip-index")
        }
        var wider = limits
        wider.k = limits.k.map { $0 + 1 }
        let found = try wider.search(&contents, embedding)[0]
        return try hits(found.filter { $0.id != entry.id }.prefix(limits.k ?? found.count))
    }

    /// What the catalogue says of some hits, ranked from 1.
    private func hits(_ found: some Collection<Hit>) throws(Failure) -> [PictureHit] {
        let entries = try catalogue.entries(ids: found.map(\.id))
        return found.enumerated().compactMap { place, hit in
            entries[hit.id].map {
                PictureHit(rank: place + 1, score: hit.score, path: $0.path, caption: $0.captions.first)
            }
        }
    }

    /// Groups of pictures that show the same: equal files, or near duplicates. See `DuplicateFinder`.
    ///
    /// In a group the first picture is the one that was indexed first; `score` is the cosine with it.
    public mutating func duplicates(
        _ finder: DuplicateFinder = DuplicateFinder()
    ) throws(Failure) -> [[PictureHit]] {
        let entries = try catalogue.entries()
        let groups = try finder.groups(of: entries, in: &contents.vectors)
        let byID = Dictionary(entries.map { ($0.id, $0) }) { first, _ in first }
        return groups.enumerated().map { number, group in
            group.enumerated().compactMap { place, hit in
                byID[hit.id].map {
                    PictureHit(
                        rank: place + 1, score: hit.score, path: $0.path, caption: $0.captions.first,
                        group: number + 1)
                }
            }
        }
    }
}
