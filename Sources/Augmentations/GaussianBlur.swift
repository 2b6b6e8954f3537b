public import Images
public import Tensors

/// Blurs with a random strength, with the given probability. Chen et al. 2020 (SimCLR), appendix A.
public struct GaussianBlur: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "gaussian_blur"

    /// The side of the square of pixels that are mixed: odd, about a tenth of the picture's side.
    public var kernelSize: Int
    /// The Gaussian's deviation, pixels.
    public var sigma: ClosedRange<Float>
    /// How often, 0…1.
    public var probability: Float

    /// A blur of every second picture unless said otherwise.
    public init(kernelSize: Int, sigma: ClosedRange<Float> = 0.1...2, probability: Float = 0.5) {
        self.kernelSize = kernelSize
        self.sigma = sigma
        self.probability = probability
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? {
        guard kernelSize > 0, kernelSize % 2 == 1, sigma.lowerBound > 0, sigma.upperBound.isFinite else {
            return "found kernel \(kernelSize) and sigma \(sigma), expected an odd side and deviations above 0"
        }
        return Augmentations.fault(probability: probability)
    }

    /// The picture, blurred or not.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        guard random.happens(probability) else { return picture }
        return picture.blurred(sigma: random.uniform(in: sigma), kernelSize: kernelSize)
    }
}
