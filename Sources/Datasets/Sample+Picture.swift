import Augmentations
import Failures
import Images
import Storage
import Tensors

/// A decoded picture, and what tells its stored bytes from others.
struct LoadedPicture {
    var picture: Picture
    var fingerprint: Fingerprint
}

extension Sample {
    /// Decodes the picture. A JPEG may be reduced while decoding, as long as both sides keep `side` pixels.
    ///
    /// - Throws: `.missingInput`, `.readWrite`, or `.badData` where the bytes are no picture.
    func loadPicture(atLeast side: Int?) throws(Failure) -> LoadedPicture {
        try load { (bytes, place) throws(Failure) in try Picture(decoding: bytes, named: place, atLeast: side) }
    }

    /// What a recipe makes of that picture, of which no more is decoded than the recipe needs.
    ///
    /// - Throws: The same.
    func loadPicture(
        through recipe: [any Augmentation], atLeast side: Int?, using random: inout SeededRandom
    ) throws(Failure) -> LoadedPicture {
        var luck = random
        var loaded = try load { (bytes, place) throws(Failure) in
            try recipe.apply(decoding: bytes, named: place, atLeast: side, using: &luck)
        }
        if !isEncoded { loaded.picture = recipe.apply(to: loaded.picture, using: &luck) }
        random = luck
        return loaded
    }

    private var isEncoded: Bool {
        switch picture {
        case .file, .slice: true
        case .gray, .grayPixels: false
        }
    }

    /// What `decode` makes of a file's bytes, which a failure calls by the place; shades of grey as they are.
    private func load(
        _ decode: (RawSpan, String) throws(Failure) -> Picture
    ) throws(Failure) -> LoadedPicture {
        func loaded(_ bytes: RawSpan, _ place: String) throws(Failure) -> LoadedPicture {
            LoadedPicture(picture: try decode(bytes, place), fingerprint: Fingerprint(bytes))
        }
        switch picture {
        case .file(let path):
            return try MappedFile(path).read { (bytes) throws(Failure) in try loaded(bytes, path) }
        case .slice(let path, let offset, let count):
            return try read(path, offset, count) { (bytes) throws(Failure) in try loaded(bytes, name) }
        case .gray(let path, let offset, let height, let width):
            let shades = try read(path, offset, height * width) { $0.bytes(0..<$0.byteCount) }
            return gray(shades, height, width)
        case .grayPixels(let shades, let height, let width):
            return gray(shades, height, width)
        }
    }

    /// What tells the picture's stored bytes from others.
    ///
    /// - Throws: `.missingInput` or `.readWrite`.
    func pictureFingerprint() throws(Failure) -> Fingerprint {
        switch picture {
        case .file(let path): return try MappedFile(path).read { Fingerprint($0) }
        case .slice(let path, let offset, let count): return try read(path, offset, count) { Fingerprint($0) }
        case .gray(let path, let offset, let height, let width):
            return try read(path, offset, height * width) { Fingerprint($0) }
        case .grayPixels(let shades, _, _): return Fingerprint(shades)
        }
    }

    private func gray(_ shades: [UInt8], _ height: Int, _ width: Int) -> LoadedPicture {
        LoadedPicture(
            picture: Picture(grayscale: shades.span, height: height, width: width), fingerprint: Fingerprint(shades))
    }

    private func read<Result>(
        _ path: String, _ offset: Int, _ count: Int, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try MappedFile(path).read { (bytes) throws(Failure) in
            guard offset + count <= bytes.byteCount else {
                throw Failure(
                    .badData, "cannot read picture", at: path,
                    because: "expected bytes up to \(offset + count), found \(bytes.byteCount)",
                    try: "the file was changed meanwhile; start again")
            }
            return try body(bytes.extracting(offset..<offset + count))
        }
    }
}
