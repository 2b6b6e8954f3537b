public import Images
public import Tensors

/// Applies one operation drawn from fourteen, of a magnitude drawn from a wide range.
///
/// Müller and Hutter 2021, "TrivialAugment: tuning-free yet state-of-the-art data augmentation", algorithm 1 and table 1
/// ("Wide"), with the ranges of torchvision's `TrivialAugmentWide`.
public struct TrivialAugmentWide: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "trivial_augment_wide"

    /// How many magnitudes there are.
    public var magnitudeBins: Int
    /// How pixels are read where the shape changes.
    public var filter: WarpFilter
    /// The shade of grey that comes in from outside, 0…255.
    public var fill: UInt8

    /// One of 31 magnitudes unless said otherwise.
    public init(magnitudeBins: Int = 31, filter: WarpFilter = .nearest, fill: UInt8 = 0) {
        self.magnitudeBins = magnitudeBins
        self.filter = filter
        self.fill = fill
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? { Magnitudes(bins: magnitudeBins, bin: 0).fault }

    /// The changed picture, of the same size.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        let (operation, magnitude) = draw(using: &random)
        return operation.apply(magnitude, to: picture, filter: filter, fill: fill)
    }

    /// An operation, and its magnitude with its sign.
    package func draw(using random: inout SeededRandom) -> (operation: PolicyOperation, magnitude: Float) {
        let operation = PolicyOperation.allCases[random.index(below: PolicyOperation.allCases.count)]
        let strength = magnitude(of: operation, bin: random.index(below: magnitudeBins))
        return (operation, operation.isSigned && random.happens(0.5) ? -strength : strength)
    }

    /// The magnitude number `bin` of an operation, without its sign.
    public func magnitude(of operation: PolicyOperation, bin: Int) -> Float {
        let steps = Magnitudes(bins: magnitudeBins, bin: bin)
        return switch operation {
        case .identity, .autoContrast, .equalize: 0
        case .shearX, .shearY, .brightness, .color, .contrast, .sharpness: steps.from(0, to: 0.99)
        case .translateX, .translateY: steps.from(0, to: 32)
        case .rotate: steps.from(0, to: 135)
        case .posterize: steps.bits(downTo: 2)
        case .solarize: steps.from(255, to: 0)
        }
    }
}
