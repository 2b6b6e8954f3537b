public import Images
public import Tensors

/// Inverts the light colours with the given probability.
///
/// Grill et al. 2020 (BYOL), appendix B, step 6; torchvision's `RandomSolarize`.
public struct RandomSolarize: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "random_solarize"

    /// The darkest colour that is inverted, 0…256.
    public var threshold: Float
    /// How often, 0…1.
    public var probability: Float

    /// Colours from `threshold` on are inverted, every second time unless said otherwise.
    public init(threshold: Float = 128, probability: Float = 0.5) {
        self.threshold = threshold
        self.probability = probability
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? {
        Augmentations.fault(probability: probability)
            ?? (0...256 ~= threshold ? nil : "found threshold \(threshold), expected 0 to 256")
    }

    /// The picture, solarized or not.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        random.happens(probability) ? picture.solarized(from: threshold) : picture
    }

    /// The same.
    public func pixelChange(using random: inout SeededRandom) -> PixelChange? {
        let isSolarized = random.happens(probability), threshold = threshold
        return { picture in if isSolarized { picture = picture.solarized(from: threshold) } }
    }
}
