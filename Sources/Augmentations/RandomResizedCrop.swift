public import Images
public import Tensors

/// Cuts out a random share of the area at random proportions, and resizes it to a square.
///
/// Up to ten crops are drawn until one lies inside the picture; then its middle is taken, with proportions as near as
/// allowed. Szegedy et al. 2014 ("Going deeper with convolutions"), section 6, as torchvision does it.
public struct RandomResizedCrop: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "random_resized_crop"

    /// The side of the result, pixels.
    public var side: Int
    /// The share of the picture's area that is kept.
    public var scale: ClosedRange<Float>
    /// Width over height of what is cut out.
    public var ratio: ClosedRange<Float>
    /// How what is cut out is resized.
    public var filter: ResizeFilter

    /// A crop to `side` × `side` pixels.
    public init(
        side: Int, scale: ClosedRange<Float> = 0.08...1, ratio: ClosedRange<Float> = 3 / 4...4 / 3,
        filter: ResizeFilter = .bicubic
    ) {
        precondition(side > 0 && scale.lowerBound > 0 && ratio.lowerBound > 0, "found \(side), \(scale), \(ratio)")
        self.side = side
        self.scale = scale
        self.ratio = ratio
        self.filter = filter
    }

    /// A random part of the picture, `side` × `side`.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        let box = box(in: picture, using: &random)
        return picture.cropped(top: box.top, left: box.left, height: box.height, width: box.width)
            .resized(height: side, width: side, filter: filter)
    }

    private func box(
        in picture: Picture, using random: inout SeededRandom
    ) -> (top: Int, left: Int, height: Int, width: Int) {
        let area = Double(picture.height) * Double(picture.width)
        let logRatio = Float(logarithm(Double(ratio.lowerBound)))...Float(logarithm(Double(ratio.upperBound)))
        for _ in 0..<10 {
            let target = area * Double(random.uniform(in: scale))
            let aspect = exponential(Double(random.uniform(in: logRatio)))
            let width = Int((target * aspect).squareRoot().rounded(.toNearestOrEven))
            let height = Int((target / aspect).squareRoot().rounded(.toNearestOrEven))
            guard 0 < width, width <= picture.width, 0 < height, height <= picture.height else { continue }
            let top = random.index(below: picture.height - height + 1)
            return (top, random.index(below: picture.width - width + 1), height, width)
        }
        var height = picture.height, width = picture.width
        let whole = Float(width) / Float(height)
        if whole < ratio.lowerBound {
            height = clamped(Float(width) / ratio.lowerBound, to: height)
        } else if whole > ratio.upperBound {
            width = clamped(Float(height) * ratio.upperBound, to: width)
        }
        return ((picture.height - height) / 2, (picture.width - width) / 2, height, width)
    }

    private func clamped(_ length: Float, to limit: Int) -> Int {
        min(max(Int(length.rounded(.toNearestOrEven)), 1), limit)
    }
}
