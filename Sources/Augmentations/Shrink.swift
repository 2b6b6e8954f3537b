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
        guard let size = size(height: picture.height, width: picture.width) else { return picture }
        return picture.resized(height: size.height, width: size.width)
    }

    /// What a picture of these sides becomes; nil where it stays as it is.
    func size(height: Int, width: Int) -> (height: Int, width: Int)? {
        guard min(height, width) > shorterSide else { return nil }
        return Region(top: 0, left: 0, height: height, width: width).size(withShorterSide: shorterSide)
    }
}
