public import Images
public import Tensors

/// Puts a rectangle of each picture over the one behind it, in the same place in all of a batch; its area is a share drawn from
/// Beta(α, α), less what lies outside.
///
/// Yun et al. 2019 ("CutMix"), equations 1 and 2, as torchvision's `CutMix`.
public struct CutMix: BatchMix {
    /// The parameter α: 1 makes all areas alike.
    public var alpha: Float

    /// A mix whose areas are drawn from Beta(α, α).
    public init(alpha: Float = 1) {
        self.alpha = alpha
        precondition(fault == nil, fault ?? "")
    }

    /// What is wrong with the settings.
    public var fault: String? { Augmentations.fault(alpha: alpha) }

    /// The pictures with a rectangle of the one before.
    public func apply(to pictures: [Picture], using random: inout SeededRandom) -> MixedBatch {
        guard let first = pictures.first else { return MixedBatch(of: [], ownShare: 1) { _, _ in } }
        let share = random.symmetricBeta(alpha)
        let column = random.index(below: first.width), row = random.index(below: first.height)
        return mixed(pictures, Self.region(height: first.height, width: first.width, row, column, ownShare: share))
    }

    /// The same for a rectangle that is known; nil where it has no area.
    package func mixed(_ pictures: [Picture], _ region: Region?) -> MixedBatch {
        guard let region, let first = pictures.first else { return MixedBatch(of: pictures, ownShare: 1) { _, _ in } }
        let share = Float(region.height * region.width) / Float(first.height * first.width)
        return MixedBatch(of: pictures, ownShare: 1 - share) { own, before in
            own.draw(before.cropped(to: region), top: region.top, left: region.left)
        }
    }

    /// The rectangle about a pixel that leaves `ownShare` of the area, of which only what lies inside is taken.
    package static func region(height: Int, width: Int, _ row: Int, _ column: Int, ownShare: Float) -> Region? {
        let half = 0.5 * (1 - Double(ownShare)).squareRoot()
        let down = Int(half * Double(height)), right = Int(half * Double(width))
        let top = max(row - down, 0), bottom = min(row + down, height)
        let left = max(column - right, 0), end = min(column + right, width)
        guard top < bottom, left < end else { return nil }
        return Region(top: top, left: left, height: bottom - top, width: end - left)
    }
}
