public import Augmentations
import Failures
import Images
import Storage
import Tensors

/// Some pictures for evaluation, each with all its captions.
public struct EvaluationChunk: Sendable {
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
    /// Pictures that could not be read, and are missing here.
    public var skipped: [Skipped] = []
    fileprivate var fingerprints: [Fingerprint] = []

    /// The number of pictures.
    public var count: Int { names.count }
}

/// Decodes pictures for evaluation in order, chunk by chunk, ahead on worker threads.
public struct EvaluationLoader: ~Copyable {
    private let workers: OrderedWorkers<EvaluationChunk>
    private var places: [Fingerprint: Int] = [:]
    private var delivered = 0

    /// A loader of the samples `indices`; `recipe` gives `side × side`.
    public init(
        _ dataset: Dataset, indices: [Int], recipe: [any Augmentation], side: Int, chunk: Int = 64, workers: Int
    ) {
        let count = (indices.count + chunk - 1) / chunk
        self.workers = OrderedWorkers(count: count, workers: workers, ahead: workers + 1) { number in
            var result = EvaluationChunk(side: side)
            for index in indices[number * chunk..<min(indices.count, (number + 1) * chunk)] {
                result.add(index, of: dataset, recipe)
            }
            return result
        }
    }

    /// The next chunk; waits until it is made. Nil at the end.
    public mutating func next() -> EvaluationChunk? {
        guard var chunk = workers.next() else { return nil }
        for fingerprint in chunk.fingerprints {
            chunk.pictureIDs.append(places.first(fingerprint, at: delivered))
            delivered += 1
        }
        return chunk
    }
}

extension EvaluationChunk {
    fileprivate mutating func add(_ index: Int, of dataset: Dataset, _ recipe: [any Augmentation]) {
        var name = "sample \(index)"
        do throws(Failure) {
            let sample = try dataset.sample(at: index)
            name = sample.name
            let loaded = try sample.loadPicture(atLeast: 2 * side)
            // A recipe for evaluation draws nothing; the stream is there because the protocol asks for one.
            var random = SeededRandom(seed: 0, purpose: .augmentation, item: index)
            let view = recipe.apply(to: loaded.picture, using: &random)
            precondition(view.height == side && view.width == side, "\(view.height) × \(view.width), expected \(side)")
            names.append(name)
            pictures += view.pixels
            captions.append(sample.captions)
            fingerprints.append(loaded.fingerprint)
        } catch { skipped.append(Skipped(name: name, reason: error.why)) }
    }
}
