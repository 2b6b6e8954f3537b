public import Images
public import Tensors

/// Makes a large picture smaller, so that what follows has less to do; a small one stays as it is.
public struct Shrink: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "shrink"
    /// It draws nothing.
    public static let usesLuck = false

    /// The shorter side of the result at most, pixels.
    public var shorterSide: Int

    /// A picture whose shorter side has at most `shorterSide` pixels.
    public init(shorterSide: Int) {
        self.shorterSide = shorterSide
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? { Augmentations.fault(side: shorterSide) }

    /// The picture, its proportions kept.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        min(picture.height, picture.width) > shorterSide ? picture.resized(shorterSide: shorterSide) : picture
    }
}
