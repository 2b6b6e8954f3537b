public import Failures
public import Images
public import Tensors

/// From a picture to the rows of patches that a vision transformer multiplies, without a picture in between where that gives
/// the same bits: the bits of `apply(to:using:)` and then `PatchLayout.write`.
///
/// After a crop or a resizing, some rows of pixels at a time are made, changed and normalised while they stay in the
/// nearest cache. Steps that follow may look at each pixel alone; where one looks further, a picture is made.
extension [any Augmentation] {
    /// Writes the patches of what the recipe makes of `picture`.
    ///
    /// - Parameters:
    ///   - picture: Of any size.
    ///   - layout: For the square that the recipe gives.
    ///   - preprocessing: Tells mean and deviation of colours.
    ///   - random: The luck of all steps.
    ///   - rows: `[patches, 3 · patchSize²]`, all of which is overwritten.
    public func writePatches(
        of picture: Picture, _ layout: PatchLayout, _ preprocessing: Preprocessing, using random: inout SeededRandom,
        into rows: inout MutableSpan<Float>
    ) {
        var luck = random
        guard let opening = Opening(of: self, height: picture.height, width: picture.width, using: &luck) else {
            return writeInTurn(picture, from: 0, layout, preprocessing, using: &random, into: &rows)
        }
        random = luck
        let (source, plan) = opening.lastStep(of: picture)
        write(source, plan, layout, preprocessing, using: &random, into: &rows)
    }

    /// Writes the patches of what the recipe makes of a picture file, of which no more is decoded than the first steps read.
    ///
    /// - Throws: `.badData` where the bytes are no picture or a damaged one.
    public func writePatches(
        decoding bytes: RawSpan, named place: String, limit: PixelLimit = .standard, atLeast side: Int? = nil,
        _ layout: PatchLayout, _ preprocessing: Preprocessing, using random: inout SeededRandom,
        into rows: inout MutableSpan<Float>
    ) throws(Failure) {
        let opened = try opened(decoding: bytes, named: place, limit: limit, atLeast: side, using: &random)
        guard let plan = opened.plan else {
            return writeInTurn(opened.picture, from: 0, layout, preprocessing, using: &random, into: &rows)
        }
        write(opened.picture, plan, layout, preprocessing, using: &random, into: &rows)
    }

    /// What the plan and the steps behind the first ones make of `source`.
    private func write(
        _ source: Picture, _ plan: ResamplePlan, _ layout: PatchLayout, _ preprocessing: Preprocessing,
        using random: inout SeededRandom, into rows: inout MutableSpan<Float>
    ) {
        let next = Opening.stepCount(of: self, at: 0)
        guard let changes = pixelChanges(from: next, using: &random) else {
            let square = source.resampled(plan)
            return writeInTurn(square, from: next, layout, preprocessing, using: &random, into: &rows)
        }
        precondition(
            plan.height == layout.side && plan.width == layout.side,
            "\(plan.height) × \(plan.width), expected \(layout.side)")
        var strips = ResampledStrips(of: source, by: plan, rows: layout.patchSize)
        for number in 0..<strips.count {
            var strip = strips.make(number)
            for change in changes { change(&strip) }
            layout.write(
                strip: strip.pixels.span, number: number, mean: preprocessing.mean, std: preprocessing.std,
                into: &rows)
            strips.takeBack(strip)
        }
    }

    private func writeInTurn(
        _ picture: Picture, from place: Int, _ layout: PatchLayout, _ preprocessing: Preprocessing,
        using random: inout SeededRandom, into rows: inout MutableSpan<Float>
    ) {
        let square = apply(to: picture, from: place, using: &random)
        layout.write(square.pixels.span, mean: preprocessing.mean, std: preprocessing.std, into: &rows)
    }

    /// What the steps from `place` on do to each pixel, with their luck drawn; nil, and no luck is drawn, where one of them
    /// does more.
    private func pixelChanges(from place: Int, using random: inout SeededRandom) -> [PixelChange]? {
        var luck = random, changes: [PixelChange] = []
        for step in dropFirst(place) {
            guard let change = step.pixelChange(using: &luck) else { return nil }
            changes.append(change)
        }
        random = luck
        return changes
    }
}
