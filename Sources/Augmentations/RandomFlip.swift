public import Images
public import Tensors

/// Changes left and right with the given probability.
public struct RandomFlip: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "random_flip"

    /// How often, 0…1.
    public var probability: Float

    /// A flip, every second time unless said otherwise.
    public init(probability: Float = 0.5) {
        self.probability = probability
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? { Augmentations.fault(probability: probability) }

    /// The picture or its mirror image.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        random.happens(probability) ? picture.flipped() : picture
    }
}
