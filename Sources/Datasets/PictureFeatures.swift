public import Catalogue
import Failures
public import Storage

/// Pictures as rows that a locked tower made of them.
public struct PictureFeatures: Sendable {
    /// The rows, by fingerprint and view.
    public let table: FeatureTable
    /// What tells a sample's picture from others; a picture that cannot be read has none.
    public let fingerprints: [Int: Fingerprint]
    /// The views of each picture, as keys name them.
    public let views: [String]

    /// Rows that lie in `table`.
    public init(_ table: FeatureTable, fingerprints: [Int: Fingerprint], views: [String]) {
        (self.table, self.fingerprints, self.views) = (table, fingerprints, views)
    }

    /// The key of a sample's picture as it is; nil where it cannot be read.
    public func key(of index: Int) -> FeatureKey? { fingerprints[index].map { FeatureKey($0.description) } }
}

/// What takes the place of pictures and captions in a batch; nil where their tower is trained.
public struct BatchFeatures: Sendable {
    /// Rows of the pictures.
    public var pictures: PictureFeatures?
    /// Rows of the captions.
    public var captions: FeatureTable?

    /// Rows for both, for one, or for neither.
    public init(pictures: PictureFeatures? = nil, captions: FeatureTable? = nil) {
        (self.pictures, self.captions) = (pictures, captions)
    }
}

extension FeatureKey {
    /// The key of a caption: what its tower reads of it.
    public init(tokens: [Int32]) { self.init(tokens.map(String.init).joined(separator: " ")) }
}

extension Dataset {
    /// Fingerprints of the pictures of `indices`, read on `workers` threads, by sample; and those that cannot be read.
    public func pictureFingerprints(of indices: [Int], workers: Int) -> ([Int: Fingerprint], [Skipped]) {
        typealias Read = (index: Int, fingerprint: Result<Fingerprint, Failure>, name: String)
        let size = 256, chunks = (indices.count + size - 1) / size
        let readers = OrderedWorkers(count: chunks, workers: workers, ahead: 2 * workers) { chunk in
            indices[chunk * size..<min((chunk + 1) * size, indices.count)].map { index -> Read in
                var name = "sample \(index)"
                let fingerprint = Result { () throws(Failure) in
                    let sample = try sample(at: index)
                    name = sample.name
                    return try sample.pictureFingerprint()
                }
                return (index, fingerprint, name)
            }
        }
        var found: [Int: Fingerprint] = [:], skipped: [Skipped] = []
        while let chunk = readers.next() {
            for read in chunk {
                switch read.fingerprint {
                case .success(let fingerprint): found[read.index] = fingerprint
                case .failure(let failure): skipped.append(Skipped(name: read.name, reason: failure.why))
                }
            }
        }
        return (found, skipped)
    }
}
