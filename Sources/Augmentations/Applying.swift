public import Failures
public import Images
public import Tensors

extension [any Augmentation] {
    /// The picture after all of them, first to last.
    ///
    /// A resized crop and the flip behind it are made at once; the bytes are those of one after the other.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        var seen = picture, place = 0
        while place < count {
            if let head = CropAndFlip(of: self, at: place) {
                let region = head.crop.region(height: seen.height, width: seen.width, using: &random)
                seen = head.resized(seen, region, using: &random)
                place += head.steps
            } else {
                seen = self[place].apply(to: consume seen, using: &random)
                place += 1
            }
        }
        return seen
    }

    /// What a picture file becomes: the bytes that decoding it and `apply(to:using:)` give.
    ///
    /// Where the first step is a resized crop, only that part of a JPEG is decoded.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - place: What a failure calls it: the user's path.
    ///   - limit: The most pixels that are decoded.
    ///   - side: If given, a JPEG may be decoded at a half, a quarter or an eighth of its size, as long as both sides stay
    ///     at least `side`.
    ///   - random: The luck of all steps.
    /// - Throws: `.badData` where the bytes are no picture or a damaged one.
    public func apply(
        decoding bytes: RawSpan, named place: String, limit: PixelLimit = .standard, atLeast side: Int? = nil,
        using random: inout SeededRandom
    ) throws(Failure) -> Picture {
        guard let head = CropAndFlip(of: self) else {
            let picture = try Picture(decoding: bytes, named: place, limit: limit, atLeast: side)
            return apply(to: picture, using: &random)
        }
        var luck = random
        let part = try Picture(decoding: bytes, named: place, limit: limit, atLeast: side) { height, width in
            head.crop.region(height: height, width: width, using: &luck)
        }
        random = luck
        let cropped = head.resized(part, part.whole, using: &random)
        return Array(dropFirst(head.steps)).apply(to: cropped, using: &random)
    }
}

/// A resized crop in a recipe, and the flip behind it, if there is one.
private struct CropAndFlip {
    let crop: RandomResizedCrop
    let flip: RandomFlip?

    /// How many steps of the recipe they are.
    var steps: Int { flip == nil ? 1 : 2 }

    init?(of recipe: [any Augmentation], at place: Int = 0) {
        guard place < recipe.count, let crop = recipe[place] as? RandomResizedCrop else { return nil }
        self.crop = crop
        flip = place + 1 < recipe.count ? recipe[place + 1] as? RandomFlip : nil
    }

    /// A part of the picture, resized and perhaps mirrored.
    func resized(_ picture: Picture, _ region: Region, using random: inout SeededRandom) -> Picture {
        let isFlipped = flip.map { random.happens($0.probability) } ?? false
        return picture.resized(
            region, height: crop.side, width: crop.side, filter: crop.filter, isFlipped: isFlipped)
    }
}
