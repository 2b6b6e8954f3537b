public import Images
public import Tensors

/// Takes the colours away with the given probability.
public struct RandomGrayscale: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "random_grayscale"

    /// How often, 0…1.
    public var probability: Float

    /// Grey in one case of ten unless said otherwise.
    public init(probability: Float = 0.1) {
        self.probability = probability
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? { Augmentations.fault(probability: probability) }

    /// The picture, or its brightness in all three channels.
    public func apply(to picture: consuming Picture, using random: inout SeededRandom) -> Picture {
        if random.happens(probability) { picture.takeColour() }
        return picture
    }

    /// The same.
    public func pixelChange(using random: inout SeededRandom) -> PixelChange? {
        let isGrey = random.happens(probability)
        return { picture in if isGrey { picture.takeColour() } }
    }
}
