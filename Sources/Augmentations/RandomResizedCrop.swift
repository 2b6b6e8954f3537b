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
        self.side = side
        self.scale = scale
        self.ratio = ratio
        self.filter = filter
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? { Augmentations.fault(side: side) ?? Augmentations.fault(scale: scale, ratio: ratio) }

    /// A random part of the picture, `side` × `side`.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        let region = region(height: picture.height, width: picture.width, using: &random)
        return picture.resized(region, height: side, width: side, filter: filter)
    }

    /// What is cut out of a picture of `height` × `width` pixels.
    public func region(height: Int, width: Int, using random: inout SeededRandom) -> Region {
        for _ in 0..<10 {
            let (cropWidth, cropHeight) = drawnSides(ofShare: scale, of: height * width, ratio: ratio, using: &random)
            guard 0 < cropWidth, cropWidth <= width, 0 < cropHeight, cropHeight <= height else { continue }
            return .drawn(height: cropHeight, width: cropWidth, in: height, width, using: &random)
        }
        return middle(height: height, width: width)
    }

    /// The largest part around the middle whose proportions are allowed.
    private func middle(height: Int, width: Int) -> Region {
        var part = (height: height, width: width)
        let whole = Float(width) / Float(height)
        if whole < ratio.lowerBound {
            part.height = clamped(Float(width) / ratio.lowerBound, to: height)
        } else if whole > ratio.upperBound {
            part.width = clamped(Float(height) * ratio.upperBound, to: width)
        }
        return Region(
            top: (height - part.height) / 2, left: (width - part.width) / 2, height: part.height, width: part.width)
    }

    private func clamped(_ length: Float, to limit: Int) -> Int {
        min(max(Int(length.rounded(.toNearestOrEven)), 1), limit)
    }
}
