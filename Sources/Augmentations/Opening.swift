import Images
import Tensors

/// What the first steps of a recipe do to a picture of a known size, with their luck drawn: no pixel is needed to say it.
///
/// A resized crop, the shrinking before it and the flip behind it are such steps, and a resizing that fills its square.
/// They are made at once, from only the pixels that they read; the bytes are those of one step after the other.
struct Opening {
    /// What is made before the crop; nil where nothing shrinks.
    let shrinking: ResamplePlan?
    /// What is made of the picture, or of what shrinking gave.
    let last: ResamplePlan

    /// How many steps from `place` on are such; 0 where there is none.
    static func stepCount(of recipe: [any Augmentation], at place: Int) -> Int {
        guard place < recipe.count else { return 0 }
        if let resize = recipe[place] as? Resize { return resize.mode == .longest ? 0 : 1 }
        let crop = recipe[place] is Shrink ? place + 1 : place
        guard crop < recipe.count, recipe[crop] is RandomResizedCrop else { return 0 }
        let end = crop + 1 < recipe.count && recipe[crop + 1] is RandomFlip ? crop + 2 : crop + 1
        return end - place
    }

    /// What those steps do to a picture of `height` × `width` pixels; nil, and no luck is drawn, where there are none.
    init?(
        of recipe: [any Augmentation], at place: Int = 0, height: Int, width: Int, using random: inout SeededRandom
    ) {
        let steps = recipe[place..<place + Self.stepCount(of: recipe, at: place)]
        let whole = Region(top: 0, left: 0, height: height, width: width)
        if let resize = steps.first as? Resize, let plan = resize.plan(for: whole) {
            (shrinking, last) = (nil, plan)
            return
        }
        guard let crop = steps.lazy.compactMap({ $0 as? RandomResizedCrop }).first else { return nil }
        let shrunk = (steps.first as? Shrink)?.size(height: height, width: width)
        let size = shrunk ?? (height, width)
        let region = crop.region(height: size.height, width: size.width, using: &random)
        let isFlipped = (steps.last as? RandomFlip).map { random.happens($0.probability) } ?? false
        shrinking = shrunk.map { ResamplePlan(whole, to: $0, keeping: region, .bicubic) }
        let source =
            shrunk == nil ? region : Region(top: 0, left: 0, height: region.height, width: region.width)
        last = ResamplePlan(source, height: crop.side, width: crop.side, filter: crop.filter, isFlipped: isFlipped)
    }

    /// The pixels that are read.
    var needed: Region { shrinking?.needed ?? last.needed }

    /// The last plan, and the picture that it is for, of a whole picture.
    func lastStep(of whole: Picture) -> (Picture, ResamplePlan) {
        (shrinking.map { whole.resampled($0) } ?? whole, last)
    }

    /// The same of a picture of which only what is needed is there.
    func lastStep(ofNeeded part: Picture) -> (Picture, ResamplePlan) {
        if let shrinking { return (part.resampled(shrinking.ofNeeded), last) }
        return (part, last.ofNeeded)
    }
}
