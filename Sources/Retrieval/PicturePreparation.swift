import Augmentations
import Failures
import Images
import Storage
import Tensors
import Towers

/// A picture as a model reads it, and what the catalogue keeps of it.
struct PreparedPicture: Sendable {
    /// `[patches, 3 · patchSize²]`.
    var patches: [Float]
    var fingerprint: String
    var perceptualHash: UInt64
    /// Pixels of the whole picture, upright.
    var height: Int, width: Int
}

/// What turns a picture file into the numbers that a model reads.
struct PicturePreparation: Sendable {
    let layout: PatchLayout
    private let preprocessing: Preprocessing

    init(_ settings: ModelSettings) {
        preprocessing = settings.preprocessing
        layout = PatchLayout(side: preprocessing.side, patchSize: settings.model.plan.patchSize)
    }

    /// Reads and decodes the file at `path`.
    ///
    /// - Throws: `.missingInput`, `.readWrite`, or `.badData` where the content is no picture.
    func prepare(_ path: String) throws(Failure) -> PreparedPicture {
        try MappedFile(path).read { (bytes) throws(Failure) in try prepare(bytes, named: path) }
    }

    /// Decodes a file's bytes; `place` is what a failure calls them.
    func prepare(_ bytes: RawSpan, named place: String) throws(Failure) -> PreparedPicture {
        let header = try PictureHeader(of: bytes, named: place)
        // A JPEG is decoded at no less than twice the side that the model sees, as clip-train does for evaluation.
        let picture = try Picture(decoding: bytes, named: place, atLeast: 2 * preprocessing.side)
        var none = SeededRandom(seed: 0, purpose: .augmentation)  // not drawn from
        var patches = [Float](repeating: 0, count: layout.patches * layout.rowWidth)
        var rows = patches.mutableSpan
        [any Augmentation].evaluation(preprocessing)
            .writePatches(of: picture, layout, preprocessing, using: &none, into: &rows)
        return PreparedPicture(
            patches: patches, fingerprint: Fingerprint(bytes).description, perceptualHash: picture.perceptualHash,
            height: header.height, width: header.width)
    }
}
