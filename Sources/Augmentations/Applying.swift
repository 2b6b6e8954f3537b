public import Failures
public import Images
public import Tensors

extension [any Augmentation] {
    /// The picture after all of them, first to last.
    ///
    /// A resized crop, what shrinks before it and the flip behind it are made at once; the bytes are those of one after
    /// the other.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        apply(to: picture, from: 0, using: &random)
    }

    /// What a picture file becomes: the bytes that decoding it and `apply(to:using:)` give.
    ///
    /// Where the first steps are a crop or a resizing, only that part of a JPEG is decoded that they read.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - place: What a failure calls it: the user's path.
    ///   - limit: The most that is decoded.
    ///   - side: If given, a JPEG may be decoded at a half, a quarter or an eighth of its size, as long as both sides stay
    ///     at least `side`.
    ///   - random: The luck of all steps.
    /// - Throws: `.badData` where the bytes are no picture or a damaged one.
    public func apply(
        decoding bytes: RawSpan, named place: String, limit: PixelLimit = .standard, atLeast side: Int? = nil,
        using random: inout SeededRandom
    ) throws(Failure) -> Picture {
        let opened = try opened(decoding: bytes, named: place, limit: limit, atLeast: side, using: &random)
        guard let plan = opened.plan else { return apply(to: opened.picture, using: &random) }
        let picture = opened.picture.resampled(plan)
        return apply(to: picture, from: Opening.stepCount(of: self, at: 0), using: &random)
    }

    /// The steps from `place` on.
    func apply(to picture: consuming Picture, from place: Int, using random: inout SeededRandom) -> Picture {
        var seen = consume picture, place = place
        while place < count {
            if let opening = Opening(
                of: self, at: place, height: seen.height, width: seen.width, using: &random)
            {
                let (source, plan) = opening.lastStep(of: seen)
                seen = source.resampled(plan)
                place += Opening.stepCount(of: self, at: place)
            } else {
                seen = self[place].apply(to: consume seen, using: &random)
                place += 1
            }
        }
        return seen
    }

    /// Decodes as much of a picture as the first steps read, and what is left of them to do; nothing of them is done where
    /// there is no plan.
    func opened(
        decoding bytes: RawSpan, named place: String, limit: PixelLimit, atLeast side: Int?,
        using random: inout SeededRandom
    ) throws(Failure) -> (picture: Picture, plan: ResamplePlan?) {
        guard Opening.stepCount(of: self, at: 0) > 0 else {
            return (try Picture(decoding: bytes, named: place, limit: limit, atLeast: side), nil)
        }
        var luck = random, opening: Opening?
        let part = try Picture(decoding: bytes, named: place, limit: limit, atLeast: side) { height, width in
            opening = Opening(of: self, height: height, width: width, using: &luck)
            return opening?.needed ?? Region(top: 0, left: 0, height: height, width: width)
        }
        random = luck
        guard let opening else { return (part, nil) }
        let (source, plan) = opening.lastStep(ofNeeded: part)
        return (source, plan)
    }
}
