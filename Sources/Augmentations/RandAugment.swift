public import Images
public import Tensors

/// Applies some operations drawn from fourteen, all of one magnitude.
///
/// Cubuk et al. 2020, "RandAugment: practical automated data augmentation with a reduced search space", section 3, with the
/// ranges of torchvision's `RandAugment`.
public struct RandAugment: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "rand_augment"

    /// How many operations are applied, one after the other; the same may be drawn twice.
    public var operations: Int
    /// How strong they are: `0..<magnitudeBins`.
    public var magnitude: Int
    /// How many magnitudes there are.
    public var magnitudeBins: Int
    /// How pixels are read where the shape changes.
    public var filter: WarpFilter
    /// The shade of grey that comes in from outside, 0…255.
    public var fill: UInt8

    /// Two operations of magnitude 9 of 30 unless said otherwise.
    public init(
        operations: Int = 2, magnitude: Int = 9, magnitudeBins: Int = 31, filter: WarpFilter = .nearest, fill: UInt8 = 0
    ) {
        self.operations = operations
        self.magnitude = magnitude
        self.magnitudeBins = magnitudeBins
        self.filter = filter
        self.fill = fill
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? {
        operations < 0
            ? "found \(operations) operations, expected 0 or more"
            : Magnitudes(bins: magnitudeBins, bin: magnitude).fault
    }

    /// The changed picture, of the same size.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        var picture = picture
        for _ in 0..<operations {
            let (operation, strength) = draw(height: picture.height, width: picture.width, using: &random)
            picture = operation.apply(strength, to: picture, filter: filter, fill: fill)
        }
        return picture
    }

    /// An operation, and its magnitude with its sign for a picture of `height` × `width` pixels.
    package func draw(
        height: Int, width: Int, using random: inout SeededRandom
    ) -> (operation: PolicyOperation, magnitude: Float) {
        let operation = PolicyOperation.allCases[random.index(below: PolicyOperation.allCases.count)]
        let strength = magnitude(of: operation, height: height, width: width)
        return (operation, operation.isSigned && random.happens(0.5) ? -strength : strength)
    }

    /// The magnitude of an operation on a picture of `height` × `width` pixels, without its sign.
    public func magnitude(of operation: PolicyOperation, height: Int, width: Int) -> Float {
        let steps = Magnitudes(bins: magnitudeBins, bin: magnitude)
        return switch operation {
        case .identity, .autoContrast, .equalize: 0
        case .shearX, .shearY: steps.from(0, to: 0.3)
        case .translateX: steps.from(0, to: Float(150.0 / 331.0 * Double(width)))
        case .translateY: steps.from(0, to: Float(150.0 / 331.0 * Double(height)))
        case .rotate: steps.from(0, to: 30)
        case .brightness, .color, .contrast, .sharpness: steps.from(0, to: 0.9)
        case .posterize: steps.bits(downTo: 4)
        case .solarize: steps.from(255, to: 0)
        }
    }
}
