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
        self.brightness = brightness
        self.contrast = contrast
        self.saturation = saturation
        self.hue = hue
        self.probability = probability
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? {
        guard [brightness, contrast, saturation].allSatisfy({ $0 >= 0 && $0.isFinite }), 0...0.5 ~= hue else {
            return "found brightness \(brightness), contrast \(contrast), saturation \(saturation), hue \(hue), "
                + "expected 0 or more, and a hue up to 0.5"
        }
        return Augmentations.fault(probability: probability)
    }

    /// The picture in other colours.
    public func apply(to picture: consuming Picture, using random: inout SeededRandom) -> Picture {
        guard random.happens(probability) else { return picture }
        for change in draw(using: &random) { change.apply(to: &picture) }
        return picture
    }

    /// The same where contrast, which depends on the mean of the picture, is not changed.
    public func pixelChange(using random: inout SeededRandom) -> PixelChange? {
        var luck = random
        let changes = luck.happens(probability) ? draw(using: &luck) : []
        guard changes.allSatisfy({ !$0.isContrast }) else { return nil }
        random = luck
        return { picture in for change in changes { change.apply(to: &picture) } }
    }

    /// One change of colours, and how strong it is.
    package enum Change: Sendable {
        case brightness(Float), contrast(Float), saturation(Float)
        /// Part of the circle, −0.5…0.5.
        case hue(Float)

        fileprivate var isContrast: Bool {
            if case .contrast = self { true } else { false }
        }

        fileprivate func apply(to picture: inout Picture) {
            switch self {
            case .brightness(let factor): picture.brighten(by: factor)
            case .contrast(let factor): picture.contrast(by: factor)
            case .saturation(let factor): picture.saturate(by: factor)
            case .hue(let turn): picture.turnHue(by: turn)
            }
        }
    }

    /// The changes in a random order, without those of amount 0.
    package func draw(using random: inout SeededRandom) -> [Change] {
        let order = random.permutation(4)
        let changes: [Change] = [
            .brightness(factor(brightness, using: &random)), .contrast(factor(contrast, using: &random)),
            .saturation(factor(saturation, using: &random)), .hue(random.uniform(in: -hue...hue)),
        ]
        let amounts = [brightness, contrast, saturation, hue]
        return order.filter { amounts[$0] > 0 }.map { changes[$0] }
    }

    private func factor(_ amount: Float, using random: inout SeededRandom) -> Float {
        random.uniform(in: max(0, 1 - amount)...1 + amount)
    }
}
