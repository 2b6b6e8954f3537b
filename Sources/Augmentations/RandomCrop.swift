public import Images
public import Tensors

/// Cuts out a square of `side` pixels at a random place. A smaller picture is surrounded by `fill` first.
public struct RandomCrop: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "random_crop"

    /// The side of the result, pixels.
    public var side: Int
    /// The shade of grey around a picture that is smaller than `side`, 0…255.
    public var fill: UInt8

    /// A crop to `side` × `side` pixels.
    public init(side: Int, fill: UInt8 = 255) {
        self.side = side
        self.fill = fill
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? { Augmentations.fault(side: side) }

    /// A random part of the picture, `side` × `side`.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        let picture = picture.padded(
            height: max(picture.height, side), width: max(picture.width, side), fill: SIMD3(repeating: fill))
        let top = random.index(below: picture.height - side + 1)
        let left = random.index(below: picture.width - side + 1)
        return picture.cropped(top: top, left: left, height: side, width: side)
    }
}
