public import Images
public import Tensors

/// Paints over a random rectangle with the given probability.
///
/// Up to ten rectangles are drawn until one is smaller than the picture; then nothing is painted. Zhong et al. 2020
/// ("Random erasing data augmentation"), algorithm 1, as torchvision draws it, but before colours are normalised.
public struct RandomErasing: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "random_erasing"

    /// How often, 0…1.
    public var probability: Float
    /// The share of the picture's area that is painted over.
    public var scale: ClosedRange<Float>
    /// Height over width of what is painted over.
    public var ratio: ClosedRange<Float>
    /// The shade of grey that is painted, 0…255; nil draws each pixel's colour by lot.
    public var fill: UInt8?

    /// A rectangle of every second picture unless said otherwise.
    public init(
        probability: Float = 0.5, scale: ClosedRange<Float> = 0.02...0.33, ratio: ClosedRange<Float> = 0.3...3.3,
        fill: UInt8? = 0
    ) {
        self.probability = probability
        self.scale = scale
        self.ratio = ratio
        self.fill = fill
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? {
        Augmentations.fault(probability: probability) ?? Augmentations.fault(scale: scale, ratio: ratio)
    }

    /// The picture, with a rectangle painted over or not.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        guard random.happens(probability), let region = region(in: picture, using: &random) else { return picture }
        guard let fill else {
            return picture.filled(region) {
                let bits = random.next()
                return SIMD3(
                    UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8),
                    UInt8(truncatingIfNeeded: bits >> 16))
            }
        }
        return picture.filled(region) { SIMD3(repeating: fill) }
    }

    private func region(in picture: Picture, using random: inout SeededRandom) -> Region? {
        for _ in 0..<10 {
            let (height, width) = drawnSides(
                ofShare: scale, of: picture.height * picture.width, ratio: ratio, using: &random)
            guard 0 < height, height < picture.height, 0 < width, width < picture.width else { continue }
            return .drawn(height: height, width: width, in: picture.height, picture.width, using: &random)
        }
        return nil
    }
}
