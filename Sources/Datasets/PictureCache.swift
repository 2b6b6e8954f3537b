import Augmentations
import Failures
import Images
import Storage
import Synchronization
import Tensors

/// A decoded picture after the parts of recipes that draw no luck, and what tells its stored bytes from others.
struct PreparedPicture {
    /// One for each fixed part.
    var versions: [Picture]
    var fingerprint: Fingerprint
}

/// Where decoded pictures are kept beyond memory: a file in the run's folder.
public struct PixelFile: Sendable {
    /// Where it lies.
    public var path: String
    /// The most bytes that it may have.
    public var limit: Int

    /// A file of at most `limit` bytes.
    public init(path: String, limit: Int) { (self.path, self.limit) = (path, limit) }
}

/// Decoded pictures after the part of the recipe that draws no luck, kept for the epochs that follow: in memory, or in a
/// mapped file that a resumed run finds again.
///
/// It holds the first ones that fit and never more than `limit` bytes. What is kept is what would be made again, so it
/// changes no byte of a batch. In the file, pictures are known by their content, so that a changed picture is made anew.
/// Sendable: all that changes is behind the lock.
final class PictureCache: Sendable {
    private struct Kept {
        var pictures: [Int: PreparedPicture] = [:]
        var sizeInBytes = 0
        var isFull = false
        /// Fingerprints of samples that were looked at, where a file is kept.
        var known: [Int: Fingerprint] = [:]
    }

    private let kept = Mutex(Kept())
    private let limit: Int
    private let file: RecordFile?

    /// A cache of at most `limit` bytes of pixels in memory; or none of them where there is a `file`.
    init(limit: Int, file: RecordFile? = nil) {
        self.limit = limit
        self.file = file
    }

    /// Whether a picture was turned away: from now on it does not pay to make more of one than a batch needs.
    var isFull: Bool { file?.isFull ?? kept.withLock { $0.isFull } }

    /// The picture of sample `index`, where it is kept. `fingerprint` is asked for where a file has to be searched.
    func picture(
        _ index: Int, fingerprint: () throws(Failure) -> Fingerprint
    ) throws(Failure) -> PreparedPicture? {
        guard let file else { return kept.withLock { $0.pictures[index] } }
        let own: Fingerprint
        if let known = kept.withLock({ $0.known[index] }) {
            own = known
        } else {
            own = try fingerprint()
            kept.withLock { $0.known[index] = own }
        }
        guard let versions = file.read(own.description, { [Picture](record: $0) }) ?? nil else { return nil }
        return PreparedPicture(versions: versions, fingerprint: own)
    }

    /// Keeps a picture, if there is room.
    func keep(_ index: Int, _ made: PreparedPicture) {
        if let file { return file.append(made.fingerprint.description, made.versions.record) }
        let size = made.versions.reduce(0) { $0 + $1.pixels.count }
        kept.withLock { kept in
            guard kept.pictures[index] == nil else { return }
            guard kept.sizeInBytes + size <= limit else {
                kept.isFull = true
                return
            }
            kept.pictures[index] = made
            kept.sizeInBytes += size
        }
    }
}

extension [Picture] {
    /// Height and width of each, 32 bit, and its pixels, one behind the other.
    fileprivate var record: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(reduce(0) { $0 + 8 + $1.pixels.count })
        for picture in self {
            for side in [picture.height, picture.width] {
                for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: side >> shift)) }
            }
            bytes += picture.pixels
        }
        return bytes
    }

    /// Reads what `record` wrote; nil where it is something else.
    fileprivate init?(record bytes: RawSpan) {
        self = []
        var place = 0
        while place + 8 <= bytes.byteCount {
            let height = Int(bytes.integer(at: place, as: UInt32.self))
            let width = Int(bytes.integer(at: place + 4, as: UInt32.self))
            let size = height * width * 3
            guard height > 0, width > 0, size <= bytes.byteCount - place - 8 else { return nil }
            append(Picture(height: height, width: width, pixels: bytes.bytes(place + 8..<place + 8 + size)))
            place += 8 + size
        }
        guard place == bytes.byteCount else { return nil }
    }
}
