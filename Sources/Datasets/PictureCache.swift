import Augmentations
import Images
import Storage
import Synchronization
import Tensors

/// A decoded picture after the parts of recipes that draw no luck, and what tells its stored bytes from others.
struct PreparedPicture {
    /// One for each recipe of a batch.
    var versions: [Picture]
    var fingerprint: Fingerprint
}

/// Decoded pictures after the part of the recipe that draws no luck, kept in memory for the epochs that follow.
///
/// It holds the first ones that fit and never more than `limit` bytes. What is kept is what would be made again, so it
/// changes no byte of a batch. Sendable: all that changes is behind the lock.
final class PictureCache: Sendable {
    private struct Kept {
        var pictures: [Int: PreparedPicture] = [:]
        var sizeInBytes = 0
    }

    private let kept = Mutex(Kept())
    private let limit: Int

    /// A cache of at most `limit` bytes of pixels.
    init(limit: Int) { self.limit = limit }

    /// The picture of sample `index`, kept or made by `load`; nil where `load` gives none.
    func picture(_ index: Int, load: () -> PreparedPicture?) -> PreparedPicture? {
        if let found = kept.withLock({ $0.pictures[index] }) { return found }
        guard let made = load() else { return nil }
        let size = made.versions.reduce(0) { $0 + $1.pixels.count }
        kept.withLock { kept in
            guard kept.sizeInBytes + size <= limit, kept.pictures[index] == nil else { return }
            kept.pictures[index] = made
            kept.sizeInBytes += size
        }
        return made
    }
}
