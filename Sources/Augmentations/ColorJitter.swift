public import Images
public import Tensors

/// Changes brightness, contrast, saturation and hue by random amounts, in random order, as torchvision does.
///
/// Factors of the first three are drawn from `max(0, 1 − x)...1 + x`, the turn of the hue from `−hue...hue`.
public struct ColorJitter: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "color_jitter"

    /// How far brightness, contrast and saturation may move from 1; 0 leaves them as they are.
    public var brightness: Float, contrast: Float, saturation: Float
    /// How far the hue may turn, 0…0.5 of the circle.
    public var hue: Float
    /// How often anything is changed, 0…1.
    public var probability: Float

    /// A jitter of the given amounts.
    public init(brightness: Float, contrast: Float, saturation: Float, hue: Float, probability: Float = 1) {
        precondition(
            brightness >= 0 && contrast >= 0 && saturation >= 0 && 0...0.5 ~= hue,
            "found brightness \(brightness), contrast \(contrast), saturation \(saturation), hue \(hue)")
        self.brightness = brightness
        self.contrast = contrast
        self.saturation = saturation
        self.hue = hue
        self.probability = probability
    }

    /// The picture in other colours.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        guard random.happens(probability) else { return picture }
        let order = random.permutation(4)
        let brightness = factor(self.brightness, using: &random), contrast = factor(self.contrast, using: &random)
        let saturation = factor(self.saturation, using: &random), turn = random.uniform(in: -hue...hue)
        var picture = picture
        for change in order {
            switch change {
            case 0 where self.brightness > 0: picture = picture.brightened(by: brightness)
            case 1 where self.contrast > 0: picture = picture.contrasted(by: contrast)
            case 2 where self.saturation > 0: picture = picture.saturated(by: saturation)
            case 3 where hue > 0: picture = picture.hueTurned(by: turn)
            default: break
            }
        }
        return picture
    }

    private func factor(_ amount: Float, using random: inout SeededRandom) -> Float {
        random.uniform(in: max(0, 1 - amount)...1 + amount)
    }
}
