public import Augmentations
import Failures
import Images
public import Storage
import Tensors

/// Some pictures, each with all its captions.
public struct PictureChunk: Sendable {
    /// The samples' names.
    public var names: [String] = []
    /// The height and width of every picture.
    public var side: Int
    /// 8-bit colours: `[count, side, side, 3]`.
    public var pictures: [UInt8] = []
    /// All captions of each picture.
    public var captions: [[String]] = []
    /// One number a picture, equal for equal pictures in the whole evaluation: the first one's place.
    public var pictureIDs: [Int] = []
    /// What tells the pictures' stored bytes from others.
    public var fingerprints: [Fingerprint] = []
    /// Pictures that could not be read, and are missing here.
    public var skipped: [Skipped] = []
    /// Their samples.
    public var skippedIndices: [Int] = []

    /// The number of pictures.
    public var count: Int { names.count }
}

/// Decodes pictures in order, each once, chunk by chunk, ahead on worker threads.
public struct PictureLoader: ~Copyable {
    private let workers: OrderedWorkers<PictureChunk>
    private var places: [Fingerprint: Int] = [:]
    private var delivered = 0

    /// A loader of the samples `indices`; `recipe` gives `side × side`, with the luck of `seed`, of the picture's content
    /// and of `view`, which tells several views of one picture apart.
    public init(
        _ dataset: Dataset, indices: [Int], recipe: [any Augmentation], side: Int, view: Int = 0, seed: UInt64 = 0,
        chunk: Int = 64, workers: Int
    ) {
        let count = (indices.count + chunk - 1) / chunk
        self.workers = OrderedWorkers(count: count, workers: workers, ahead: workers + 1) { number in
            var result = PictureChunk(side: side)
            for index in indices[number * chunk..<min(indices.count, (number + 1) * chunk)] {
                result.add(index, of: dataset, recipe, view: view, seed: seed)
            }
            return result
        }
    }

    /// The next chunk; waits until it is made. Nil at the end.
    public mutating func next() -> PictureChunk? {
        guard var chunk = workers.next() else { return nil }
        for fingerprint in chunk.fingerprints {
            chunk.pictureIDs.append(places.first(fingerprint, at: delivered))
            delivered += 1
        }
        return chunk
    }
}

extension PictureChunk {
    fileprivate mutating func add(
        _ index: Int, of dataset: Dataset, _ recipe: [any Augmentation], view: Int, seed: UInt64
    ) {
        var name = "sample \(index)"
        do throws(Failure) {
            let sample = try dataset.sample(at: index)
            name = sample.name
            // Content is what luck depends on; where none is drawn, it is not read twice.
            let content = recipe.parts.drawn.isEmpty ? 0 : Int(try sample.pictureFingerprint().crc32Value)
            var luck = SeededRandom(seed: seed, purpose: .augmentation, epoch: view, item: content)
            let loaded = try sample.loadPicture(through: recipe, atLeast: 2 * side, using: &luck)
            let seen = loaded.picture
            precondition(seen.height == side && seen.width == side, "\(seen.height) × \(seen.width), expected \(side)")
            names.append(name)
            pictures += seen.pixels
            captions.append(sample.captions)
            fingerprints.append(loaded.fingerprint)
        } catch {
            skipped.append(Skipped(name: name, reason: error.why))
            skippedIndices.append(index)
        }
    }
}
