public import Images
public import Tensors

/// Puts the picture in the middle of the smallest square that holds it, so that nothing is cut off later.
public struct PadToSquare: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "pad_to_square"
    /// It draws nothing.
    public static let usesLuck = false

    /// The shade of grey around the picture, 0…255.
    public var fill: UInt8
    /// The longest side that is padded as it is, pixels; a longer picture is made smaller first, so that a strip of
    /// 1 × 100,000 pixels does not ask for 30 GB.
    public var longest: Int

    /// A square filled with white unless said otherwise.
    public init(fill: UInt8 = 255, longest: Int = 2048) {
        self.fill = fill
        self.longest = longest
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? { Augmentations.fault(side: longest) }

    /// The square.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        let isLonger = max(picture.height, picture.width) > longest
        let picture = isLonger ? picture.resized(longerSide: longest) : picture
        return picture.paddedToSquare(fill: SIMD3(repeating: fill))
    }
}
